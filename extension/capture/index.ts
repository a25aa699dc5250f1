/**
 * From what a person does in the browser to captured items: one source per file. Nouns: picker, drop, link, download,
 * captured item, origin pattern. May not: write to the queue (callers do), encrypt or send. The part that runs in the
 * engine's worker is in worker/.
 */
export { captureOfDownload, downloadName, type FinishedDownload } from './download.ts';
export { readDrop } from './drop.ts';
export { itemOfFile } from './files.ts';
export { askForHandle } from './handles.ts';
export { captureOf, isSameOrigin, originPattern } from './link.ts';
export { pickFiles, pickFolder } from './picker.ts';

/**
 * From what a person does in the browser to captured items: one source per file. Nouns: picker, drop, link, download,
 * captured item, origin pattern. May not: decide what becomes of an item, encrypt or send. The part that runs in the
 * engine's worker is in worker/.
 */
export { captureOfDownload, downloadName, type FinishedDownload } from './download.ts';
export { createIntakePorts } from './intake-ports.ts';
export { captureOf, isSameOrigin, originPattern } from './link.ts';

/** The full page's ways in, joined to the queue: each must be called inside the gesture and resolves when it is kept. */
import type { CapturedItem, FetchedBytes, SourceRow } from '../queue/index.ts';
import { readDrop } from './drop.ts';
import { askForHandle } from './handles.ts';
import { keep } from './keep.ts';
import { originPattern } from './link.ts';
import { pickerSkips, pickFiles, pickFolder, pickOneFile } from './picker.ts';

/** The part of the queue that takes things in. */
export interface IntakeQueue {
  capture(items: readonly CapturedItem[]): Promise<unknown>;
  supply(id: string, bytes: FetchedBytes): Promise<void>;
}

export function createIntakePorts(
  page: Window,
  queue: IntakeQueue,
  wake: () => Promise<unknown>,
  requestSite: (pattern: string) => Promise<boolean>,
) {
  // Chromium takes its leave back when no handle is alive any more: those chosen here live as long as the page.
  const alive: FileSystemHandle[] = [];
  const take = async (items: readonly CapturedItem[]): Promise<void> => {
    if (items.length === 0) return;
    for (const item of items) if (item.kind === 'file' || item.kind === 'folder') alive.push(item.handle);
    await keep((some) => queue.capture(some), items);
    await wake();
  };
  return {
    pickFiles: async () => take(await pickFiles(page)),
    pickFolder: async () => take(await pickFolder(page)),
    pickerSkips: pickerSkips(page),
    takeDrop: (transfer: DataTransfer) => readDrop(transfer, take),
    async give(id: string, given: File | null): Promise<void> {
      const file = given ?? (await pickOneFile(page.document));
      if (file === null) return;
      await queue.supply(id, { blob: file, name: file.name, mtime: file.lastModified });
      await wake();
    },
    async allow(source: SourceRow): Promise<boolean> {
      if (source.kind === 'web') return requestSite(originPattern(source.request.url) ?? '');
      if (source.kind === 'bytes') return true;
      alive.push(source.handle);
      return askForHandle(source.handle);
    },
  };
}

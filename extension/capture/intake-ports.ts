/** The full page's ways in, joined to the queue: each must be called inside the gesture and resolves when it is kept. */
import type { CapturedItem, Outbox, SourceRow } from '../queue/index.ts';
import { type Drop, readDrop } from './drop.ts';
import { giveFile } from './give.ts';
import { askForHandle } from './handles.ts';
import { keep } from './keep.ts';
import { originPattern } from './link.ts';
import type { LoanPorts } from './loan.ts';
import { pickerSkips, pickFiles, pickFolder, pickOneFile } from './picker.ts';
import { takeDrop } from './take-drop.ts';

export interface IntakePorts extends Omit<LoanPorts, 'pieces'> {
  readonly queue: Pick<Outbox, 'intake' | 'drops' | 'pieces'>;
  readonly requestSite: (pattern: string) => Promise<boolean>;
}

export function createIntakePorts(page: Window, { queue, wake, locked, pause, requestSite }: IntakePorts) {
  const { intake, drops, pieces } = queue;
  const lending = { pieces, wake, locked, pause };
  // Chromium takes its leave back when no handle is alive any more: those chosen here live as long as the page.
  const alive: FileSystemHandle[] = [];
  const stayAlive = (items: readonly CapturedItem[]): void => {
    for (const item of items) if (item.kind === 'file' || item.kind === 'folder') alive.push(item.handle);
  };
  const take = async (items: readonly CapturedItem[]): Promise<void> => {
    if (items.length === 0) return;
    stayAlive(items);
    await keep((some) => intake.capture(some), items);
    await wake();
  };
  const takeAll = async (drop: Drop): Promise<void> => {
    if (drop.roots.length === 0) return take(drop.items);
    stayAlive(drop.items);
    await takeDrop(drop, { drops, ...lending });
  };
  return {
    pickFiles: async () => takeAll(await pickFiles(page)),
    pickFolder: async () => takeAll(await pickFolder(page)),
    pickerSkips: pickerSkips(page),
    takeDrop: async (transfer: DataTransfer) => takeAll(await readDrop(transfer)),
    async give(id: string, given: File | null): Promise<void> {
      const file = given ?? (await pickOneFile(page.document));
      if (file === null) return;
      await giveFile(id, file, { intake, ...lending });
    },
    async allow(source: SourceRow): Promise<boolean> {
      if (source.kind === 'web') return requestSite(originPattern(source.request.url) ?? '');
      if (source.kind !== 'file' && source.kind !== 'folder') return true;
      alive.push(source.handle);
      return askForHandle(source.handle);
    },
  };
}

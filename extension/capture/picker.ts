/**
 * Files and folders by the browser's picker, or by a plain input where there is no picker. Must be called in a gesture, on
 * the full page only: a picker closes the popup.
 */
import { type Drop, looseRoot } from './drop.ts';
import { itemOfFile, itemOfHandle } from './files.ts';
import { inParts } from './parts.ts';

interface Pickers {
  showOpenFilePicker?: (options: { multiple: boolean }) => Promise<FileSystemFileHandle[]>;
  showDirectoryPicker?: (options: { mode: 'read' }) => Promise<FileSystemDirectoryHandle>;
}

/** Nothing when the person changed their mind. */
export async function pickFiles(page: Window & Pickers): Promise<Drop> {
  if (page.showOpenFilePicker === undefined) return pickByInput(page.document, false);
  const open = page.showOpenFilePicker.bind(page);
  return atHand(await unlessAborted(() => open({ multiple: true }), []));
}

export async function pickFolder(page: Window & Pickers): Promise<Drop> {
  if (page.showDirectoryPicker === undefined) return pickByInput(page.document, true);
  const open = page.showDirectoryPicker.bind(page);
  return atHand(await unlessAborted(async () => [await open({ mode: 'read' })], []));
}

async function atHand(handles: readonly (FileSystemFileHandle | FileSystemDirectoryHandle)[]): Promise<Drop> {
  return { items: await Promise.all(handles.map(itemOfHandle)), roots: [], rest: inParts([]) };
}

/** Whether a folder that is chosen lacks the names which Chromium's handles leave out; a drop has them, see drop.ts. */
export function pickerSkips(page: Window & Pickers): boolean {
  return page.showDirectoryPicker !== undefined;
}

async function unlessAborted<T>(pick: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await pick();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return otherwise;
    throw error;
  }
}

/** One file's bytes, to take the place of what could not be fetched. Null when the person changed their mind. */
export async function pickOneFile(document: Document): Promise<File | null> {
  const [file] = await chooseByInput(document, {});
  return file ?? null;
}

/** Without handles everything is copied, which takes a while: as if it had been dropped, nothing of it is at hand. */
async function pickByInput(document: Document, folder: boolean): Promise<Drop> {
  const files = await chooseByInput(document, { multiple: true, webkitdirectory: folder });
  const items = files.map(itemOfFile);
  const folders = new Set(items.flatMap(({ path }) => path[0] ?? []));
  const loose = items.filter(({ path }) => path.length === 0);
  const roots = [...folders].map((name) => ({ name, handle: null }));
  return { items: [], roots: [...roots, ...looseRoot(loose)], rest: inParts(items) };
}

function chooseByInput(
  document: Document,
  kind: { multiple?: boolean; webkitdirectory?: boolean },
): Promise<readonly File[]> {
  const input = Object.assign(document.createElement('input'), { type: 'file', ...kind });
  const { promise, resolve } = Promise.withResolvers<readonly File[]>();
  input.addEventListener('change', () => resolve(Array.from(input.files ?? [])));
  input.addEventListener('cancel', () => resolve([]));
  input.click();
  return promise;
}

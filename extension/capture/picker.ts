/**
 * Files and folders by the browser's picker, or by a plain input where there is no picker. Must be called in a gesture, on
 * the full page only: a picker closes the popup.
 */
import type { CapturedItem } from '../queue/index.ts';
import type { Drop } from './drop.ts';
import { itemOfFile, itemOfHandle } from './files.ts';
import { inParts } from './parts.ts';

interface Pickers {
  showOpenFilePicker?: (options: { multiple: boolean }) => Promise<FileSystemFileHandle[]>;
  showDirectoryPicker?: (options: { mode: 'read' }) => Promise<FileSystemDirectoryHandle>;
}

/** Empty when the person changed their mind. */
export async function pickFiles(page: Window & Pickers): Promise<readonly CapturedItem[]> {
  if (page.showOpenFilePicker === undefined) return pickByInput(page.document, false);
  const open = page.showOpenFilePicker.bind(page);
  const handles = await unlessAborted(() => open({ multiple: true }), []);
  return Promise.all(handles.map(itemOfHandle));
}

/** As if it had been dropped: without handles its files are copied, which takes a while. */
export async function pickFolder(page: Window & Pickers): Promise<Drop> {
  if (page.showDirectoryPicker === undefined) {
    const items = await pickByInput(page.document, true);
    const names = new Set(items.flatMap((item) => ('path' in item ? (item.path[0] ?? []) : [])));
    return { items: [], roots: [...names].map((name) => ({ name, handle: null })), rest: inParts(items) };
  }
  const open = page.showDirectoryPicker.bind(page);
  const handle = await unlessAborted(() => open({ mode: 'read' }), null);
  return { items: handle === null ? [] : [await itemOfHandle(handle)], roots: [], rest: inParts([]) };
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

async function pickByInput(document: Document, folder: boolean): Promise<readonly CapturedItem[]> {
  return (await chooseByInput(document, { multiple: true, webkitdirectory: folder })).map(itemOfFile);
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

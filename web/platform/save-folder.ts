/** Saving into a folder that the person picks: the files themselves, not one archive. Chromium only. */
import { HoldfastError } from '../../shared/errors/index.ts';
import type { SaveSlot } from './save-slot.ts';

interface PickerScope {
  showDirectoryPicker?(options: { mode: 'readwrite'; id: string }): Promise<FileSystemDirectoryHandle>;
}

export function canPickFolder(): boolean {
  return typeof (globalThis as PickerScope).showDirectoryPicker === 'function';
}

/** E_CANCELLED when the person said no; E_SINK_PERMISSION when the browser did. */
export async function folderSlot(): Promise<SaveSlot> {
  const handle = await pick();
  return {
    open: async () => ({ kind: 'folder', handle }),
    finish: async () => {},
    // what is there is whole files, and the next try goes on from them
    discard: async () => {},
  };
}

async function pick(): Promise<FileSystemDirectoryHandle> {
  try {
    const picked = await (globalThis as PickerScope).showDirectoryPicker?.({ mode: 'readwrite', id: 'restore' });
    if (picked !== undefined) return picked;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError')
      throw new HoldfastError('E_CANCELLED', 'no folder was picked', { cause });
    throw new HoldfastError('E_SINK_PERMISSION', 'the browser gave no folder', { cause });
  }
  throw new HoldfastError('E_SINK_PERMISSION', 'this browser gives no folders');
}

/** Saving into a file that the person picks. Chromium only. */
import { HoldfastError } from '../../shared/errors/index.ts';
import type { SaveSlot } from './save-slot.ts';

interface PickerScope {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<RemovableHandle>;
}

interface RemovableHandle extends FileSystemFileHandle {
  remove?(): Promise<void>;
}

/** A picker needs a person who has just pressed something. */
export function canPick(): boolean {
  return 'showSaveFilePicker' in globalThis && navigator.userActivation.isActive;
}

/** Null when the browser refuses to ask here; E_CANCELLED when the person said no. */
export async function pickedSlot(name: string): Promise<SaveSlot | null> {
  const begun = Date.now();
  const handle = await pick(name);
  if (handle === null) return null;
  return {
    open: async () => ({ kind: 'file-handle', handle }),
    finish: async () => {},
    discard: () => removeIfNew(handle, begun),
  };
}

async function pick(suggestedName: string): Promise<RemovableHandle | null> {
  try {
    return (await (globalThis as PickerScope).showSaveFilePicker?.({ suggestedName })) ?? null;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') {
      throw new HoldfastError('E_CANCELLED', 'no file was picked', { cause: error });
    }
    return null;
  }
}

/** The picker makes an empty file. One that held something before is kept as it was, for the write never closed. */
async function removeIfNew(handle: RemovableHandle, begun: number): Promise<void> {
  try {
    const file = await handle.getFile();
    if (file.size === 0 && file.lastModified >= begun - 1000) await handle.remove?.();
  } catch {
    // it is gone already, or the browser does not let us: an empty file does no harm
  }
}

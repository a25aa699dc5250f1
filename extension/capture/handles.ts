/** The permission side of file system handles, which TypeScript's DOM library leaves out. May not: be used in a worker. */

interface AskableHandle {
  readonly name: string;
  requestPermission(descriptor: { mode: 'read' }): Promise<PermissionState>;
}

/** Asks the browser to let us read a handle again; must be called in a gesture. True when it may be read. */
export async function askForHandle(handle: FileSystemHandle): Promise<boolean> {
  const state = await (handle as unknown as AskableHandle).requestPermission({ mode: 'read' });
  return state === 'granted';
}

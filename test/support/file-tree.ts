/** File system handles of a tree in memory, as far as capture looks at them. */
export interface Disk {
  bytes: number[];
  mtime: number;
  /** Name of the DOMException that looking at it gives. */
  fault?: string;
}

export type Tree = { [name: string]: Disk | Tree };

export const isFile = (node: Disk | Tree): node is Disk => Array.isArray((node as Disk).bytes);

export const fileHandle = (name: string, disk: Disk): FileSystemFileHandle =>
  ({
    kind: 'file',
    name,
    getFile: async () => {
      if (disk.fault) throw new DOMException('', disk.fault);
      return new File([new Uint8Array(disk.bytes)], name, { lastModified: disk.mtime });
    },
  }) as unknown as FileSystemFileHandle;

export function folderHandle(name: string, tree: Tree): FileSystemDirectoryHandle {
  const child = (key: string): FileSystemHandle => {
    const node = tree[key];
    if (node === undefined) throw new DOMException('', 'NotFoundError');
    return isFile(node) ? fileHandle(key, node) : folderHandle(key, node);
  };
  const handle = {
    kind: 'directory',
    name,
    getDirectoryHandle: async (key: string) => child(key),
    getFileHandle: async (key: string) => child(key),
    async *values() {
      for (const key of Object.keys(tree)) yield child(key);
    },
  };
  return handle as unknown as FileSystemDirectoryHandle;
}

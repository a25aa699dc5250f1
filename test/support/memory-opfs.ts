/** A private file system in memory, as far as `shared/browser/opfs.ts` asks for one: one folder, a writer's lock, a quota. */

interface Stored {
  bytes: Uint8Array<ArrayBuffer>;
  locked: boolean;
}

export class MemoryOpfs {
  readonly files = new Map<string, Stored>();
  quota = Number.POSITIVE_INFINITY;
  /** At most this many bytes are taken by one write, as the standard allows. */
  mostAtOnce = Number.POSITIVE_INFINITY;
  flushed = 0;

  readonly root = async (): Promise<FileSystemDirectoryHandle> => {
    const { files } = this;
    const open = (name: string) => this.#handle(name);
    return {
      async getFileHandle(name: string, options?: FileSystemGetFileOptions) {
        if (!files.has(name)) {
          if (!options?.create) throw new DOMException('no such file', 'NotFoundError');
          files.set(name, { bytes: new Uint8Array(0), locked: false });
        }
        return open(name);
      },
      async removeEntry(name: string) {
        const file = files.get(name);
        if (file === undefined) throw new DOMException('no such file', 'NotFoundError');
        if (file.locked) throw new DOMException('in use', 'NoModificationAllowedError');
        files.delete(name);
      },
    } as unknown as FileSystemDirectoryHandle;
  };

  #handle(name: string): FileSystemFileHandle {
    const file = this.files.get(name) as Stored;
    return {
      createSyncAccessHandle: async () => {
        if (file.locked) throw new DOMException('in use', 'NoModificationAllowedError');
        file.locked = true;
        return this.#access(file);
      },
    } as unknown as FileSystemFileHandle;
  }

  #access(file: Stored): object {
    return {
      truncate: (length: number) => {
        file.bytes = file.bytes.slice(0, length);
      },
      write: (chunk: Uint8Array, { at }: { at: number }) => {
        const part = chunk.subarray(0, this.mostAtOnce);
        if (at + part.length > this.quota) throw new DOMException('full', 'QuotaExceededError');
        const grown = new Uint8Array(Math.max(file.bytes.length, at + part.length));
        grown.set(file.bytes);
        grown.set(part, at);
        file.bytes = grown;
        return part.length;
      },
      flush: () => {
        this.flushed++;
      },
      getSize: () => file.bytes.length,
      close: () => {
        file.locked = false;
      },
    };
  }
}

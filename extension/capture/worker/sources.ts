/**
 * What is at hand of captured sources: handles that must stay alive, directories once they are open, and the files that a
 * walk has just met. May not: be needed; whatever is not at hand is opened again from the root.
 */
import type { SourceRow, Within } from '../../queue/index.ts';
import type { Loans } from './lending.ts';

type FolderSource = Extract<SourceRow, { kind: 'folder' }>;

const MAX_DIRECTORIES = 1_024;
const MAX_FILES = 8_192;

export class Sources {
  readonly loans: Loans;
  readonly #held = new Map<string, SourceRow>();
  readonly #directories = new Map<string, Promise<FileSystemDirectoryHandle>>();
  readonly #files = new Map<string, File>();

  constructor(loans: Loans = { borrow: async () => null, copy: async () => null }) {
    this.loans = loans;
  }

  /**
   * The source as it was first met, kept for good: Chromium grants a dropped or picked file only as long as some handle of
   * it is alive; one that was only in the database has to be asked for again.
   */
  hold<S extends SourceRow | undefined>(source: S): S | SourceRow {
    if (source === undefined || (source.kind !== 'file' && source.kind !== 'folder')) return source;
    const held = this.#held.get(source.id);
    if (held !== undefined) return held;
    this.#held.set(source.id, source);
    return source;
  }

  /** A directory below a source folder. Errors: those of the file system. */
  directory(source: FolderSource, within: Within): Promise<FileSystemDirectoryHandle> {
    const name = within.at(-1);
    if (name === undefined) return Promise.resolve(source.handle);
    const key = [source.id, ...within].join('/');
    const known = this.#directories.get(key);
    if (known !== undefined) return known;
    const opened = this.directory(source, within.slice(0, -1)).then((parent) => parent.getDirectoryHandle(name));
    opened.catch(() => this.#directories.delete(key));
    trim(this.#directories, MAX_DIRECTORIES - 1);
    this.#directories.set(key, opened);
    return opened;
  }

  /** Keeps a file until it is taken, while there is room: those met first are read first. */
  keep(id: string, file: File): void {
    if (this.#files.size < MAX_FILES) this.#files.set(id, file);
  }

  take(id: string): File | undefined {
    const file = this.#files.get(id);
    this.#files.delete(id);
    return file;
  }

  /** Lets go of the files that nobody took: their jobs wait or were cancelled. */
  release(): void {
    this.#files.clear();
  }
}

/** Lets the oldest go. */
function trim(map: Map<string, unknown>, size: number): void {
  for (const key of map.keys()) {
    if (map.size <= size) return;
    map.delete(key);
  }
}

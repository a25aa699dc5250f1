/** What is derived from a state's tree and holds until its next entry: sums of folders, and what hides in deleted ones. */
import { NODE_KIND } from '../format/index.ts';
import { NONE, ROOT_ROW, type VaultState } from '../vault/index.ts';

export interface Sums {
  size: number;
  files: number;
  mtime: number;
}

const [UNKNOWN, SEEN, HIDDEN] = [0, 1, 2] as const;

export class Tree {
  readonly state: VaultState;
  readonly seq: number;
  readonly #sums = new Map<number, Sums>();
  /** By row of a folder. */
  readonly #hidden: Uint8Array;

  constructor(state: VaultState) {
    this.state = state;
    this.seq = state.seq;
    this.#hidden = new Uint8Array(state.nodes.rows);
    this.#hidden[ROOT_ROW] = SEEN;
  }

  /** A file's own facts; of a folder, those of all files under it. */
  sums(node: number): Sums {
    const { nodes, versions } = this.state;
    if (nodes.kind(node) === NODE_KIND.folder) return this.#folder(node);
    const version = nodes.newest.get(node);
    return { size: versions.size.get(version), files: 1, mtime: versions.mtime.get(version) };
  }

  /** True when a folder that is deleted lies above; `folder` is where to begin. */
  isHidden(folder: number): boolean {
    const known = this.#hidden[folder];
    if (known !== UNKNOWN) return known === HIDDEN;
    const { nodes } = this.state;
    const hidden = nodes.isDeleted(folder) || this.isHidden(nodes.parent.get(folder));
    this.#hidden[folder] = hidden ? HIDDEN : SEEN;
    return hidden;
  }

  #folder(folder: number): Sums {
    const known = this.#sums.get(folder);
    if (known !== undefined) return known;
    const { nodes, versions } = this.state;
    const sum = { size: 0, files: 0, mtime: 0 };
    for (let row = nodes.firstChild.get(folder); row !== NONE; row = nodes.nextSibling.get(row)) {
      if (nodes.kind(row) === NODE_KIND.folder) {
        const { size, files, mtime } = this.#folder(row);
        sum.size += size;
        sum.files += files;
        sum.mtime = Math.max(sum.mtime, mtime);
      } else {
        const version = nodes.newest.get(row);
        sum.size += versions.size.get(version);
        sum.files += 1;
        sum.mtime = Math.max(sum.mtime, versions.mtime.get(version));
      }
    }
    this.#sums.set(folder, sum);
    return sum;
  }
}

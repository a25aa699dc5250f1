/** What a walk came across and has not told the queue yet. Pure. */
import type { ErrorCode } from '../../../shared/errors/index.ts';
import type { WalkedFile, WalkNews, Within } from '../../queue/index.ts';

/**
 * A folder that was found and read to its end between two tellings never needs to be noted; one of which something is told
 * before its end is noted as begun.
 */
export class News implements WalkNews {
  readonly files: WalkedFile[] = [];
  readonly read: Within[] = [];
  readonly blocked: Within[] = [];
  readonly failed: { within: Within; code: ErrorCode }[] = [];
  unchanged = 0;
  readonly #found = new Map<string, { within: Within; begun: boolean }>();
  readonly #begun = new Map<string, { within: Within; begun: true }>();

  get left(): readonly { within: Within; begun: boolean }[] {
    return [...new Map([...this.#found, ...this.#begun]).values()];
  }

  get size(): number {
    return this.files.length + this.read.length + this.#found.size;
  }

  /** A folder inside another. `again`: that one is read once more, so that this one may have been found before. */
  find(folder: Within, within: Within, again: boolean): void {
    this.#found.set(within.join('/'), { within, begun: again });
    this.#begin(folder);
  }

  /** A file inside a folder. */
  meet(folder: Within, file: WalkedFile): void {
    this.files.push(file);
    this.#begin(folder);
  }

  cross(within: Within): void {
    if (!this.#end(within)) this.read.push(within);
  }

  block(within: Within): void {
    this.#end(within);
    this.blocked.push(within);
  }

  fail(within: Within, code: ErrorCode): void {
    this.#end(within);
    this.failed.push({ within, code });
  }

  #begin(folder: Within): void {
    this.#begun.set(folder.join('/'), { within: folder, begun: true });
  }

  /** True when the queue has never heard of it. */
  #end(within: Within): boolean {
    const place = within.join('/');
    const found = this.#found.get(place);
    this.#found.delete(place);
    this.#begun.delete(place);
    return found?.begun === false;
  }
}

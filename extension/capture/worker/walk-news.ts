/** What a walk came across and has not told the queue yet. Pure. */
import type { ErrorCode } from '../../../shared/errors/index.ts';
import type { WalkNews, Within } from '../../queue/index.ts';

/** A folder that was found and read since never needs to be noted as still to be read. */
export class News implements WalkNews {
  readonly files: { within: Within; size: number }[] = [];
  readonly read: Within[] = [];
  readonly blocked: Within[] = [];
  readonly failed: { within: Within; code: ErrorCode }[] = [];
  readonly #found = new Map<string, Within>();

  get found(): readonly Within[] {
    return [...this.#found.values()];
  }

  get size(): number {
    return this.files.length + this.read.length + this.#found.size;
  }

  find(within: Within): void {
    this.#found.set(within.join('/'), within);
  }

  cross(within: Within): void {
    this.#found.delete(within.join('/'));
    this.read.push(within);
  }

  block(within: Within): void {
    this.#found.delete(within.join('/'));
    this.blocked.push(within);
  }

  fail(within: Within, code: ErrorCode): void {
    this.#found.delete(within.join('/'));
    this.failed.push({ within, code });
  }
}

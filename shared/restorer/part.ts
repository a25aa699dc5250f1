/** What is fetched of one pack: in one piece or a few, for one that is far from the others is not worth what lies between. */
import type { Bytes } from '../bytes/index.ts';
import { RANGE_ALIGN } from '../protocol/index.ts';
import type { PackRange } from '../vault/index.ts';

/** Up to so many blocks that nobody needs are fetched with their neighbours: they cost less than another request. */
const BRIDGED = 4;

export interface Piece {
  /** Offset in the pack. */
  readonly start: number;
  readonly bytes: Bytes;
}

export class Part {
  readonly packId: string;
  /** Chunks that still need it. */
  wanted = 0;
  /** Bytes of chunks that were asked for. */
  taken = 0;
  /** Being fetched, or there. */
  pieces: Promise<readonly Piece[]> | null = null;
  readonly #packSize: number;
  /** Blocks of RANGE_ALIGN bytes that are needed. */
  readonly #needed: Uint8Array;
  #ranges: readonly PackRange[] | null = null;

  constructor(packId: string, packSize: number) {
    this.packId = packId;
    this.#packSize = packSize;
    this.#needed = new Uint8Array(Math.ceil(packSize / RANGE_ALIGN));
  }

  /** False for an aligned range that is not among what is being fetched already. */
  include(range: PackRange): boolean {
    if (this.pieces !== null) return this.ranges.some(({ start, end }) => start <= range.start && range.end <= end);
    this.#needed.fill(1, range.start / RANGE_ALIGN, range.end / RANGE_ALIGN);
    this.#ranges = null;
    return true;
  }

  /** Aligned, in order; all of the pack when most of it is needed. */
  get ranges(): readonly PackRange[] {
    this.#ranges ??= this.#rangesNeeded();
    return this.#ranges;
  }

  /** Bytes that are fetched. */
  get size(): number {
    return sizeOf(this.ranges);
  }

  #rangesNeeded(): PackRange[] {
    const ranges: { start: number; end: number }[] = [];
    for (let block = this.#needed.indexOf(1); block >= 0; block = this.#needed.indexOf(1, block + 1)) {
      const start = block * RANGE_ALIGN;
      const last = ranges.at(-1);
      if (last !== undefined && start - last.end <= BRIDGED * RANGE_ALIGN) last.end = start + RANGE_ALIGN;
      else ranges.push({ start, end: start + RANGE_ALIGN });
    }
    return 2 * sizeOf(ranges) > this.#packSize ? [{ start: 0, end: this.#packSize }] : ranges;
  }
}

function sizeOf(ranges: readonly PackRange[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}

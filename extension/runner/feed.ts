/**
 * What fills the queue while it is drained: folders are walked and documents fetched at the start, and whenever something
 * new was captured, however long anything takes that is under way.
 */
import { abortable } from '../../shared/async/index.ts';
import { type WalkPorts, walkFolders } from '../capture/worker/index.ts';
import { Bell } from './bell.ts';
import { type FetchPorts, fetchNext } from './fetch-next.ts';

const FETCHES = 3;

export interface FeedPorts extends WalkPorts, FetchPorts {
  /** Rung when something was captured. */
  readonly woken: Bell;
}

export class Feed {
  readonly #ports: FeedPorts;
  readonly #moved = new Bell();
  readonly #closed = new AbortController();
  /** How much of it is under way. */
  #busy = 0;

  constructor(ports: FeedPorts) {
    this.#ports = ports;
  }

  /** Nothing more comes unless somebody wakes us. */
  get over(): boolean {
    return this.#busy === 0;
  }

  /** Resolves when there may be more, or there will be none. */
  next(): Promise<void> {
    return this.#moved.next();
  }

  /** What is under way is cut off: it is in the queue as it was, and begun again by the next run. */
  close(): void {
    this.#closed.abort();
  }

  /** None waits for another: a document may take long, and a folder too. */
  async run(outer: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([outer, this.#closed.signal]);
    const ring = (): void => this.#moved.ring();
    const busy = new Set<string>();
    const fetch = (): Promise<void> => fetchNext(this.#ports, busy, ring, signal);
    const loops = [
      this.#repeat(() => walkFolders(this.#ports, ring, signal), signal),
      ...Array.from({ length: FETCHES }, () => this.#repeat(fetch, signal)),
      // What was captured may have its bytes already.
      this.#repeat(async () => undefined, signal),
    ];
    try {
      await Promise.all(loops);
    } finally {
      this.close();
      await Promise.allSettled(loops);
    }
  }

  /** Now, and whenever somebody wakes us. */
  async #repeat(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const woken = this.#ports.woken.next();
      this.#busy++;
      try {
        await work();
      } finally {
        this.#busy--;
        this.#moved.ring();
      }
      await abortable(woken, signal).catch(() => undefined);
    }
  }
}

/**
 * What fills the queue while it is drained: folders are walked and documents fetched at the start, and whenever something
 * new was captured, however long the batch takes that is under way.
 */
import { abortable } from '../../shared/async/index.ts';
import { type WalkPorts, walkFolders } from '../capture/worker/index.ts';
import { Bell } from './bell.ts';
import { type FetchPorts, fetchAll } from './fetch-all.ts';

export interface FeedPorts extends WalkPorts, FetchPorts {
  /** Rung when something was captured. */
  readonly woken: Bell;
}

export class Feed {
  readonly #ports: FeedPorts;
  readonly #moved = new Bell();
  readonly #closed = new AbortController();
  #over = false;

  constructor(ports: FeedPorts) {
    this.#ports = ports;
  }

  /** Nothing more comes unless somebody wakes us. */
  get over(): boolean {
    return this.#over;
  }

  /** Resolves when there is more, or there will be none. */
  next(): Promise<void> {
    return this.#moved.next();
  }

  /** What is under way is ended, nothing new is begun. */
  close(): void {
    this.#closed.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    const ring = (): void => this.#moved.ring();
    try {
      while (!signal.aborted && !this.#closed.signal.aborted) {
        this.#over = false;
        const woken = this.#ports.woken.next();
        await Promise.all([walkFolders(this.#ports, ring, signal), fetchAll(this.#ports, ring, signal)]);
        this.#over = true;
        ring();
        await abortable(woken, this.#closed.signal).catch(() => undefined);
      }
    } finally {
      this.#over = true;
      ring();
    }
  }
}

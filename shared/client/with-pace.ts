/**
 * Transport that sends large bodies at the pace of the road: as many at a time as it carries, found by additive increase
 * and multiplicative decrease (Chiu and Jain, 1989), and no faster than a person allows. Everything else goes straight
 * through. It lies under the wrapper that retries, so that every attempt is counted.
 */
import { Budget, type Clock, createMutex, type Release } from '../async/index.ts';
import { codeOf } from '../errors/index.ts';
import type { Transport, TransportRequest } from './transport.ts';

export interface PaceOptions {
  readonly clock: Clock;
  /** Bytes a second that bodies may have together, null for no limit; asked before each. */
  readonly limit: () => number | null;
}

/** Bodies from this size on are paced. */
const LARGE = 65_536;
const FIRST_WINDOW = 2;
/** Packs being sealed or sent at one time, at most: what can be sent twice when a device dies. */
export const MAX_PACKS_UNDER_WAY = 3;
/** The server or something before it says that it is too much. */
const CONGESTED: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export function withPace(transport: Transport, { clock, limit }: PaceOptions): Transport {
  const window = new Window();
  const inTurn = createMutex();
  /** When the bodies begun so far have had their time, and how long the last one of them may take. */
  let free = 0;
  let owed = 0;

  /** Waits until the bodies before this one have used up what they may. */
  function turn(length: number, signal: AbortSignal | undefined): Promise<void> {
    return inTurn(async () => {
      const rate = limit();
      if (rate === null) return;
      // Never longer than that: a clock can be set back.
      const wait = Math.min(free - clock.now(), owed);
      if (wait > 0) await clock.sleep(wait, signal);
      owed = (1000 * length) / rate;
      free = clock.now() + owed;
    }, signal);
  }

  return {
    async send(request) {
      const length = lengthOf(request);
      if (length < LARGE) return transport.send(request);
      const leave = await window.enter(request.signal);
      let isGood = false;
      try {
        await turn(length, request.signal);
        const response = await transport.send(request);
        isGood = !CONGESTED.has(response.status);
        return response;
      } catch (error) {
        // Being told to stop says nothing about the road.
        isGood = codeOf(error) === 'E_CANCELLED';
        throw error;
      } finally {
        leave(isGood);
      }
    },
  };
}

function lengthOf({ body }: TransportRequest): number {
  return typeof body === 'object' ? body.length : 0;
}

/** How many are let in at a time: one more after each whole window that went well, half as many after one that did not. */
class Window {
  readonly #places = new Budget(MAX_PACKS_UNDER_WAY);
  /** Places that are taken so that nobody gets them. */
  readonly #closed: Release[] = [];
  #size = FIRST_WINDOW;
  /** Bodies that went well since the size last changed. */
  #good = 0;

  constructor() {
    this.#resize();
  }

  async enter(signal: AbortSignal | undefined): Promise<(isGood: boolean) => void> {
    const release = await this.#places.acquire(1, signal);
    const entered = this.#size;
    return (isGood) => {
      release();
      // One failure of a window halves it once, however many fail with it.
      if (!isGood && this.#size >= entered) this.#become(this.#size >> 1);
      else if (isGood && ++this.#good >= this.#size) this.#become(this.#size + 1);
      this.#resize();
    };
  }

  #become(size: number): void {
    this.#size = Math.min(MAX_PACKS_UNDER_WAY, Math.max(1, size));
    this.#good = 0;
  }

  #resize(): void {
    const closed = MAX_PACKS_UNDER_WAY - this.#size;
    while (this.#closed.length > closed) this.#closed.pop()?.();
    while (this.#closed.length < closed) this.#closed.push(this.#places.take(1));
  }
}

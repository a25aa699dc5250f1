/** A budget of bytes (or of permits: a semaphore is a budget whose every request is 1), given out in order of asking. */
import { HoldfastError } from '../errors/index.ts';
import { cancelled, onAbort, throwIfAborted } from './abort.ts';

/** Gives back what was acquired. Calling it again does nothing. */
export type Release = () => void;

interface Waiting {
  readonly amount: number;
  readonly grant: (release: Release) => void;
}

export class Budget {
  readonly total: number;
  #held = 0;
  #holders = 0;
  readonly #queue = new Set<Waiting>();

  /** @param total what may be held at one time; a positive whole number, else E_INPUT */
  constructor(total: number) {
    if (!Number.isSafeInteger(total) || total < 1) throw new HoldfastError('E_INPUT', 'a budget is a positive number');
    this.total = total;
  }

  /** What is held now. Above `total` while one request larger than the whole budget is held, or after `take`. */
  get held(): number {
    return this.#held;
  }

  /**
   * Resolves when `amount` is granted. Nobody overtakes: a small request waits behind a large one. A request larger
   * than the whole budget is granted when nothing else is held. Errors: E_INPUT for a negative or broken amount,
   * E_CANCELLED when the signal fires before the grant.
   */
  async acquire(amount: number, signal?: AbortSignal): Promise<Release> {
    if (!Number.isSafeInteger(amount) || amount < 0) throw new HoldfastError('E_INPUT', 'not an amount');
    throwIfAborted(signal);
    const { promise, resolve, reject } = Promise.withResolvers<Release>();
    const waiting: Waiting = { amount, grant: resolve };
    this.#queue.add(waiting);
    const stop = onAbort(signal, () => {
      // granted but not yet awaited: the grant stands, and the caller sees the signal at its next step
      if (!this.#queue.delete(waiting)) return;
      reject(cancelled(signal));
      this.#serve();
    });
    this.#serve();
    try {
      return await promise;
    } finally {
      stop();
    }
  }

  /** Holds `amount` at once, even beyond the total: for what exists already and is only handed on. */
  take(amount: number): Release {
    return this.#take(amount);
  }

  /** Runs `task` while holding `amount`. */
  async run<T>(amount: number, task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const release = await this.acquire(amount, signal);
    try {
      return await task();
    } finally {
      release();
    }
  }

  #serve(): void {
    for (const waiting of this.#queue) {
      if (this.#holders > 0 && this.#held + waiting.amount > this.total) return;
      this.#queue.delete(waiting);
      waiting.grant(this.#take(waiting.amount));
    }
  }

  #take(amount: number): Release {
    let open = true;
    this.#held += amount;
    this.#holders++;
    return () => {
      if (!open) return;
      open = false;
      this.#held -= amount;
      this.#holders--;
      this.#serve();
    };
  }
}

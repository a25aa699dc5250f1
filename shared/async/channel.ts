/** A bounded queue between tasks: senders wait while it is full, receivers while it is empty. */
import { HoldfastError } from '../errors/index.ts';
import { cancelled, onAbort, throwIfAborted } from './abort.ts';

interface Sender<T> {
  readonly value: T;
  readonly accept: () => void;
  readonly refuse: (error: unknown) => void;
}

interface Receiver<T> {
  readonly give: (result: IteratorResult<T, undefined>) => void;
  readonly refuse: (error: unknown) => void;
}

type End = { kind: 'closed' } | { kind: 'failed'; error: unknown };

const DONE: IteratorResult<never, undefined> = { done: true, value: undefined };

/**
 * Iterate it to receive; several loops may share one channel, and each value goes to exactly one of them. Leaving a
 * loop early cancels the channel for everybody: values not received are dropped and senders fail with E_CANCELLED.
 */
export class Channel<T> implements AsyncIterable<T> {
  readonly #capacity: number;
  readonly #values: T[] = [];
  readonly #senders = new Set<Sender<T>>();
  readonly #receivers: Receiver<T>[] = [];
  #end: End | null = null;

  /** @param capacity values held before a sender waits; a whole number of at least 1, else E_INPUT */
  constructor(capacity: number) {
    if (!Number.isSafeInteger(capacity) || capacity < 1)
      throw new HoldfastError('E_INPUT', 'a channel holds at least one');
    this.#capacity = capacity;
  }

  /**
   * Resolves when the channel has taken the value. Errors: E_CANCELLED when the signal fires first or the receiver left,
   * the failure given to `fail`, E_INTERNAL after `close`.
   */
  async send(value: T, signal?: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    if (this.#end !== null) throw this.#refusal(this.#end);
    const receiver = this.#receivers.shift();
    if (receiver !== undefined) {
      receiver.give({ done: false, value });
      return;
    }
    if (this.#values.length < this.#capacity) {
      this.#values.push(value);
      return;
    }
    await this.#wait(value, signal);
  }

  /** No more values will come; those sent before are still received, those of waiting senders too. */
  close(): void {
    if (this.#end !== null) return;
    this.#end = { kind: 'closed' };
    for (const receiver of this.#receivers.splice(0)) receiver.give(DONE);
  }

  /** Ends the channel at once: receivers and senders get the error, values not received are dropped. */
  fail(error: unknown): void {
    if (this.#end?.kind === 'failed') return;
    this.#end = { kind: 'failed', error };
    this.#values.length = 0;
    for (const sender of this.#senders) sender.refuse(error);
    this.#senders.clear();
    for (const receiver of this.#receivers.splice(0)) receiver.refuse(error);
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return {
      next: () => this.#next(),
      return: async () => {
        this.fail(cancelled());
        return DONE;
      },
    };
  }

  async #next(): Promise<IteratorResult<T, undefined>> {
    if (this.#end?.kind === 'failed') throw this.#end.error;
    if (this.#values.length > 0) {
      const value = this.#values.shift() as T;
      this.#admit();
      return { done: false, value };
    }
    if (this.#end !== null) return DONE;
    const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<T, undefined>>();
    this.#receivers.push({ give: resolve, refuse: reject });
    return promise;
  }

  async #wait(value: T, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sender: Sender<T> = { value, accept: resolve, refuse: reject };
    this.#senders.add(sender);
    const stop = onAbort(signal, () => {
      if (this.#senders.delete(sender)) reject(cancelled(signal));
    });
    try {
      await promise;
    } finally {
      stop();
    }
  }

  /** Moves the sender that waits longest into the room that became free. */
  #admit(): void {
    for (const sender of this.#senders) {
      this.#senders.delete(sender);
      this.#values.push(sender.value);
      sender.accept();
      return;
    }
  }

  #refusal(end: End): unknown {
    return end.kind === 'failed' ? end.error : new HoldfastError('E_INTERNAL', 'sent on a closed channel');
  }
}

/** Wakes whoever waits for something to happen; a ring before the wait is not lost to those who asked before it. */
export class Bell {
  #ring = Promise.withResolvers<void>();

  /** Resolves at the next ring. */
  next(): Promise<void> {
    return this.#ring.promise;
  }

  ring(): void {
    this.#ring.resolve();
    this.#ring = Promise.withResolvers<void>();
  }
}

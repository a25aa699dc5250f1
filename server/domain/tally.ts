/** Sums, by whose they are, of what is under way. In memory: what a stopped server had under way is under way no more. */
export class Tally {
  readonly #sums = new Map<string, number>();

  of(key: string): number {
    return this.#sums.get(key) ?? 0;
  }

  /** Answers what takes it off again; to be called once. */
  add(key: string, amount: number): () => void {
    this.#sums.set(key, this.of(key) + amount);
    return () => {
      const left = this.of(key) - amount;
      if (left > 0) this.#sums.set(key, left);
      else this.#sums.delete(key);
    };
  }
}

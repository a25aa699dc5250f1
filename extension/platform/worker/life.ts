/** The worker's side of being watched: it holds a lock of its own name, which the browser takes back however it ends. */

/** Said by a worker that holds its lock. */
export const BEGUN = 'begun';

/** To be called once, when a worker starts. */
export function holdLife(): void {
  void navigator.locks.request(self.name, () => {
    self.postMessage(BEGUN);
    return new Promise<never>(() => undefined);
  });
}

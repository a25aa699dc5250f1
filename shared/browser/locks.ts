/** Web Locks: one holder of a name among all pages and workers of the origin, released when its context dies. */

/** Runs `run` while holding the exclusive lock, waiting for it as long as it takes. */
export function withLock<T>(name: string, run: () => Promise<T>): Promise<T> {
  return navigator.locks.request(name, run);
}

/** Names of the locks that are held now. */
export async function locksHeld(): Promise<ReadonlySet<string>> {
  const { held = [] } = await navigator.locks.query();
  return new Set(held.flatMap(({ name = [] }) => name));
}

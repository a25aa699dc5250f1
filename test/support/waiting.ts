/** Waiting for something to become true in another process, where there is no event to listen to. */

const STEP = 50;

/** Resolves with the first answer that is neither null, undefined nor false; rejects with the last error after `ms`. */
export async function until<T>(what: string, ask: () => Promise<T> | T, ms = 15_000): Promise<NonNullable<T>> {
  const deadline = Date.now() + ms;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== null && answer !== undefined && answer !== false) return answer as NonNullable<T>;
    } catch (error) {
      last = error;
    }
    await pause(STEP);
  }
  throw new Error(`waited ${ms} ms in vain for ${what}`, { cause: last });
}

/** Resolves with `null` when the promise is still open after `ms`. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

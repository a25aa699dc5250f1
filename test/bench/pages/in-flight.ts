/** The loop that both sides of a sealing bench run in. */
export interface Sealing {
  readonly mbPerSecond: number;
  /** Bytes that came out. */
  readonly sealed: number;
}

/** Calls `step` once for each MiB, `most` at a time, after an eighth of them as a warm-up. */
export async function inFlight(
  mebibytes: number,
  most: number,
  step: (i: number) => Promise<number>,
): Promise<Sealing> {
  const pass = async (count: number): Promise<number> => {
    let sealed = 0;
    const steps = Array.from({ length: count }, (_, i) => i).values();
    const hand = async (): Promise<void> => {
      for (const i of steps) sealed += await step(i);
    };
    await Promise.all(Array.from({ length: most }, hand));
    return sealed;
  };
  await pass(Math.ceil(mebibytes / 8));
  const started = performance.now();
  const sealed = await pass(mebibytes);
  return { mbPerSecond: (mebibytes * 1.048576) / ((performance.now() - started) / 1000), sealed };
}

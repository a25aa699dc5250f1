/** Watches how much memory a browser takes: the sum over all its processes, four times a second. */
import { pause } from '../../support/waiting.ts';
import { memoryOf } from './processes.ts';

const EVERY = 250;
const MB = 1e6;

/** What is below this process, the server excepted, has its idle state now. */
export async function watchMemory(): Promise<MemoryWatch> {
  const idle: number[] = [];
  for (let sample = 0; sample < 8; sample++) {
    idle.push(await take());
    await pause(EVERY);
  }
  return new MemoryWatch(mean(idle));
}

const take = (): Promise<number> => memoryOf((kind) => kind !== 'server');
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export interface Growth {
  /** The most over idle, in MB. */
  readonly most: number;
  /** By how much the second half was above the first on average, in MB. */
  readonly drift: number;
  /** By how much the last quarter was above the one before: what still grows when all that fills has filled. */
  readonly late: number;
}

export class MemoryWatch {
  readonly #idle: number;

  constructor(idle: number) {
    this.#idle = idle;
  }

  async during(work: Promise<unknown>): Promise<Growth> {
    const samples: number[] = [];
    let over = false;
    const watched = work.finally(() => {
      over = true;
    });
    while (!over) {
      samples.push(await take());
      await pause(EVERY);
    }
    await watched;
    return growth(this.#idle, samples);
  }
}

export function growth(idle: number, samples: readonly number[]): Growth {
  const part = (from: number, to: number): number =>
    mean(samples.slice(Math.floor(from * samples.length), Math.floor(to * samples.length))) / MB;
  return {
    most: (Math.max(...samples) - idle) / MB,
    drift: part(0.5, 1) - part(0, 0.5),
    late: part(0.75, 1) - part(0.5, 0.75),
  };
}

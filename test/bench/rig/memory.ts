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
  const half = Math.floor(samples.length / 2);
  return {
    most: (Math.max(...samples) - idle) / MB,
    drift: (mean(samples.slice(half)) - mean(samples.slice(0, half))) / MB,
  };
}

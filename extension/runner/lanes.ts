/** The lanes of this engine: as many workers as there are processors, started once and given keys by every session. */
import type { Lane } from '../../shared/archiver/index.ts';
import type { DomainKeys } from '../../shared/crypto/index.ts';
import { startLaneWorker } from '../platform/worker/index.ts';
import { connectLane, type LaneWorker } from './lane-worker.ts';

/** More bring little: beyond this the road is the limit, and each holds memory. */
const MOST = 4;

interface Started {
  readonly worker: Worker;
  readonly lane: LaneWorker;
}

let started: readonly Started[] | null = null;

export async function openLanes(domain: DomainKeys): Promise<readonly Lane[]> {
  try {
    return await begin(domain);
  } catch {
    // A lane that died, for want of memory perhaps, answers nothing any more.
    for (const { worker } of started ?? []) worker.terminate();
    started = null;
    return begin(domain);
  }
}

async function begin(domain: DomainKeys): Promise<readonly Lane[]> {
  started ??= Array.from({ length: Math.min(MOST, Math.max(1, navigator.hardwareConcurrency)) }, () => {
    const worker = startLaneWorker();
    return { worker, lane: connectLane(worker) };
  });
  await Promise.all(started.map(({ lane }) => lane.start(domain)));
  return started.map(({ lane }) => lane);
}

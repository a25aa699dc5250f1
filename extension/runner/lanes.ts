/** The lanes of this engine: as many workers as there are processors, started once and given keys by every session. */
import type { Lane } from '../../shared/archiver/index.ts';
import type { DomainKeys } from '../../shared/crypto/index.ts';
import { startLaneWorker } from '../platform/worker/index.ts';
import { connectLane, type LaneWorker } from './lane-worker.ts';

/** More bring little: beyond this the road is the limit, and each holds memory. */
const MOST = 4;

let workers: readonly LaneWorker[] | null = null;

export async function openLanes(domain: DomainKeys): Promise<readonly Lane[]> {
  const count = Math.min(MOST, Math.max(1, navigator.hardwareConcurrency));
  workers ??= Array.from({ length: count }, () => connectLane(startLaneWorker()));
  // What is sent to a lane is handed over, so each gets keys of its own.
  await Promise.all(workers.map((worker) => worker.start(structuredClone(domain))));
  return workers;
}

/** The lanes of this engine: workers beside it, given keys by every session. */
import type { Lane } from '../../shared/archiver/index.ts';
import type { RpcPort } from '../../shared/browser/index.ts';
import type { DomainKeys } from '../../shared/crypto/index.ts';
import { connectLane, type LaneWorker } from './lane-worker.ts';

let lanes: readonly LaneWorker[] = [];

/** The way to each lane; once, before the engine is opened. */
export function connectLanes(ports: readonly RpcPort[]): void {
  lanes = ports.map(connectLane);
}

export async function openLanes(domain: DomainKeys): Promise<readonly Lane[]> {
  await Promise.all(lanes.map((lane) => lane.start(domain)));
  return lanes;
}

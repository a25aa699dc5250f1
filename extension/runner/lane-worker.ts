/** A lane in a worker of its own, and how the engine speaks to it. */
import { createLane, type Lane, type LaneDeps } from '../../shared/archiver/index.ts';
import { bytesIn, connect, type RpcPort, serve } from '../../shared/browser/index.ts';
import type { DomainKeys } from '../../shared/crypto/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';

export interface LaneWorker extends Lane {
  /** Begins anew with these keys, and forgets everything held before. */
  start(domain: DomainKeys): Promise<void>;
}

/** The worker's side. */
export function serveLane(port: RpcPort, deps: LaneDeps): void {
  let lane: Lane | null = null;
  const started = (): Lane => {
    if (lane === null) throw new HoldfastError('E_INTERNAL', 'the lane has no keys yet');
    return lane;
  };
  const api: LaneWorker = {
    start: async (domain) => {
      lane = await createLane(domain, deps);
    },
    whole: (files, lengths) => started().whole(files, lengths),
    open: (file, size, from) => started().open(file, size, from),
    turnTo: (cutting, pieces) => started().turnTo(cutting, pieces),
    next: (cutting) => started().next(cutting),
    close: (cutting) => started().close(cutting),
    seal: (group, wanted) => started().seal(group, wanted),
  };
  serve(port, api, undefined, bytesIn);
}

/** The engine's side. */
export function connectLane(port: RpcPort): LaneWorker {
  return connect<LaneWorker>(port, bytesIn).api;
}

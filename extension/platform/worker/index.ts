/** The part of the platform that workers may use: workers of ours, the network. It knows nothing of the browser's extension API. */
import laneUrl from '../../entrypoints/lane.ts?worker&url';
import { workerStarter } from './trusted-worker.ts';

export { isMetered, onNetworkChange } from './network.ts';

/** Starts one lane: a worker that cuts, hashes, compresses and seals. */
export const startLaneWorker = workerStarter(laneUrl, 'lane');

/**
 * Starts the engine's worker and its lanes, and carries words to and from it. The engine does not start its lanes itself:
 * in Firefox 153 a worker that makes workers may stop for good while it does, one time in ten here.
 */
import engineUrl from '../entrypoints/engine.ts?worker&url';
import laneUrl from '../entrypoints/lane.ts?worker&url';
import type { EngineReport } from '../messaging/index.ts';
import { workerStarter } from './trusted-worker.ts';

export interface EngineWorker {
  wake(): void;
  close(): void;
}

/** More bring little: beyond this the road is the limit, and each holds memory. */
const MOST_LANES = 4;
/** A worker that broke is not started again in one breath. */
const REST_MS = 10_000;

const startEngine = workerStarter(engineUrl, 'engine');
const startLane = workerStarter(laneUrl, 'lane');

export function startEngineWorker(onReport: (report: EngineReport) => void): EngineWorker {
  let workers: readonly [engine: Worker, ...lanes: Worker[]] | null = null;
  let resting: ReturnType<typeof setTimeout> | undefined;
  const close = (): void => {
    clearTimeout(resting);
    for (const worker of workers ?? []) worker.terminate();
    workers = null;
  };
  // Whoever waits for a lane that died would wait for good, so all begin anew. What the engine held comes back by itself.
  const onBroken = (): void => {
    close();
    resting = setTimeout(wake, REST_MS);
  };
  const wake = (): void => {
    workers ??= start(onReport, onBroken);
    workers[0].postMessage('wake');
  };
  return { wake, close };
}

/** The engine is told of its lanes before anything else: a port to each, as many as there are processors. */
function start(onReport: (report: EngineReport) => void, onBroken: () => void): [engine: Worker, ...lanes: Worker[]] {
  const engine = startEngine();
  engine.addEventListener('message', (event: MessageEvent<EngineReport>) => onReport(event.data));
  const wanted = Math.min(MOST_LANES, Math.max(1, navigator.hardwareConcurrency));
  const lanes = Array.from({ length: wanted }, startLane);
  const ports = lanes.map((lane) => {
    const { port1, port2 } = new MessageChannel();
    lane.addEventListener('error', onBroken);
    lane.postMessage('port', [port1]);
    return port2;
  });
  engine.postMessage('lanes', ports);
  return [engine, ...lanes];
}

/**
 * Starts the engine's worker and its lanes, and carries words to and from it. The engine does not start its lanes itself:
 * in Firefox 153 a worker that makes workers may stop for good while it does, one time in ten here.
 */
import engineUrl from '../entrypoints/engine.ts?worker&url';
import laneUrl from '../entrypoints/lane.ts?worker&url';
import type { EngineReport } from '../messaging/index.ts';
import { workerStarter } from './trusted-worker.ts';
import { BEGUN } from './worker/life.ts';
import { onWorkerEnd } from './worker-end.ts';

export interface EngineWorker {
  wake(): void;
  close(): void;
}

/** More bring little: beyond this the road is the limit, and each holds memory. */
const MOST_LANES = 4;
/** A worker that broke is not started again in one breath. */
const REST_MS = 10_000;

const startEngine = workerStarter(engineUrl);
const startLane = workerStarter(laneUrl);

export function startEngineWorker(onReport: (report: EngineReport) => void): EngineWorker {
  let running: Running | null = null;
  let resting: ReturnType<typeof setTimeout> | undefined;
  const close = (): void => {
    clearTimeout(resting);
    running?.end();
    running = null;
  };
  // Whoever waits for a worker that ended would wait for good, so all begin anew. What the engine held comes back by itself.
  const onBroken = (): void => {
    close();
    resting = setTimeout(wake, REST_MS);
  };
  const wake = (): void => {
    running ??= start(onReport, onBroken);
    running.engine.postMessage('wake');
  };
  return { wake, close };
}

interface Running {
  readonly engine: Worker;
  end(): void;
}

/** The engine is told of its lanes before anything else: a port to each, as many as there are processors. */
function start(onReport: (report: EngineReport) => void, onBroken: () => void): Running {
  const over = new AbortController();
  const begin = (starter: (name: string) => Worker, kind: string): Worker => {
    const name = `${kind} ${crypto.randomUUID()}`;
    const worker = starter(name);
    onWorkerEnd(worker, name, over.signal, onBroken);
    return worker;
  };
  const engine = begin(startEngine, 'engine');
  engine.addEventListener('message', ({ data }: MessageEvent<EngineReport | typeof BEGUN>) => {
    if (data !== BEGUN) onReport(data);
  });
  const wanted = Math.min(MOST_LANES, Math.max(1, navigator.hardwareConcurrency));
  const lanes = Array.from({ length: wanted }, () => begin(startLane, 'lane'));
  const ports = lanes.map((lane) => {
    const { port1, port2 } = new MessageChannel();
    lane.postMessage('port', [port1]);
    return port2;
  });
  engine.postMessage('lanes', ports);
  const end = (): void => {
    over.abort();
    for (const worker of [engine, ...lanes]) worker.terminate();
  };
  return { engine, end };
}

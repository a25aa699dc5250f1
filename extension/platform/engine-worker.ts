/** Starts the engine's worker and carries words to and from it. */
import engineUrl from '../entrypoints/engine.ts?worker&url';
import type { EngineReport } from '../messaging/index.ts';
import { workerStarter } from './worker/trusted-worker.ts';

export interface EngineWorker {
  wake(): void;
  close(): void;
}

const startWorker = workerStarter(engineUrl, 'engine');

export function startEngineWorker(onReport: (report: EngineReport) => void): EngineWorker {
  const worker = startWorker();
  worker.addEventListener('message', (event: MessageEvent<EngineReport>) => onReport(event.data));
  return { wake: () => worker.postMessage('wake'), close: () => worker.terminate() };
}

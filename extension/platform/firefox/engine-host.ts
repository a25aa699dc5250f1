/** Firefox: the background page owns the worker itself. The page sleeps after 30 idle seconds unless it calls the browser. */
import type { EngineReport } from '../../messaging/index.ts';
import type { EngineHostFactory } from '../engine-host.ts';
import { type EngineWorker, startEngineWorker } from '../engine-worker.ts';
import { stayAwake } from '../runtime.ts';

export const createPageHost: EngineHostFactory = ({ onReport }) => {
  let worker: EngineWorker | null = null;
  const hear = (report: EngineReport): void => {
    if (report.type === 'alive') void stayAwake();
    else onReport(report);
  };
  return {
    async wake() {
      worker ??= startEngineWorker(hear);
      worker.wake();
    },
    isRunning: async () => worker !== null,
    async close() {
      worker?.close();
      worker = null;
    },
  };
};

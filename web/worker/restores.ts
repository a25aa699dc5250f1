/** Restores under way: each can be cancelled by its name and tells how far it is. */
import { codeOf } from '../../shared/errors/index.ts';
import { type RestoreSet, restoreLength, restoreStream } from '../../shared/restorer/index.ts';
import type { ReadPack } from '../../shared/vault/index.ts';
import type { RestorePlan, RestoreProgress, RestoreTarget } from '../session/contract.ts';
import { writeTo } from './target.ts';

export function planOf(set: RestoreSet): RestorePlan {
  return { name: set.name, length: restoreLength(set), mime: set.mime, files: set.files.length };
}

export interface Restores {
  run(
    restoreId: string,
    prepare: (signal: AbortSignal) => Promise<{ set: RestoreSet; readPack: ReadPack }>,
    target: RestoreTarget,
  ): Promise<RestorePlan>;
  cancel(restoreId: string): void;
}

export function createRestores(onProgress: (progress: RestoreProgress) => void): Restores {
  const running = new Map<string, AbortController>();
  return {
    async run(restoreId, prepare, target) {
      const controller = new AbortController();
      running.set(restoreId, controller);
      try {
        const { set, readPack } = await prepare(controller.signal);
        const plan = planOf(set);
        const stream = restoreStream(set, readPack, controller.signal);
        await writeTo(target, stream, plan.length, (bytes) => onProgress({ restoreId, bytes, length: plan.length }));
        return plan;
      } catch (error) {
        // The page that waits on the other end of a port must hear it even when the plan already failed.
        if (target.kind === 'port') target.port.postMessage({ type: 'error', code: codeOf(error) });
        throw error;
      } finally {
        running.delete(restoreId);
      }
    },
    cancel: (restoreId) => running.get(restoreId)?.abort(),
  };
}

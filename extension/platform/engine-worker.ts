/**
 * Starts the engine's worker. Its address comes approved by this context's one Trusted Types policy, which knows that
 * address alone.
 */
import { HoldfastError } from '../../shared/errors/index.ts';
import engineUrl from '../entrypoints/engine.ts?worker&url';
import type { EngineReport } from '../messaging/index.ts';

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

export interface EngineWorker {
  wake(): void;
  close(): void;
}

export function startEngineWorker(onReport: (report: EngineReport) => void): EngineWorker {
  const worker = new Worker(trusted(engineUrl), { type: 'module', name: 'engine' });
  worker.addEventListener('message', (event: MessageEvent<EngineReport>) => onReport(event.data));
  return { wake: () => worker.postMessage('wake'), close: () => worker.terminate() };
}

let policy: { createScriptURL(url: string): unknown } | undefined;

function trusted(url: string): string {
  const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  policy ??= trustedTypes?.createPolicy('ebk1-url', {
    createScriptURL(asked) {
      if (asked === engineUrl) return asked;
      throw new HoldfastError('E_INTERNAL', 'an address outside the policy');
    },
  });
  // The platform's TrustedScriptURL; the library types know only the string it stands for.
  return policy === undefined ? url : (policy.createScriptURL(url) as string);
}

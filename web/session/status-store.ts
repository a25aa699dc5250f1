/** The one place that knows whether somebody is signed in: the worker's word, kept for the screens. No DOM, no key. */
import type { SessionStatus, VaultApi, VaultEvent } from './contract.ts';

export type StatusView =
  | { readonly phase: 'asking' }
  | { readonly phase: 'known'; readonly status: SessionStatus }
  | { readonly phase: 'failed'; readonly error: unknown };

export interface StatusStore {
  view(): StatusView;
  subscribe(listener: () => void): () => void;
  /** For answers that carry the new status themselves. */
  set(status: SessionStatus): void;
  /** Asks the worker. */
  ask(): Promise<void>;
}

export function createStatusStore(
  api: Pick<VaultApi, 'status'>,
  onEvent: (listener: (event: VaultEvent) => void) => () => void,
): StatusStore {
  const listeners = new Set<() => void>();
  let view: StatusView = { phase: 'asking' };
  const put = (next: StatusView): void => {
    view = next;
    for (const listener of listeners) listener();
  };
  onEvent((event) => {
    if (event.type === 'session') put({ phase: 'known', status: event.status });
  });
  return {
    view: () => view,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set: (status) => put({ phase: 'known', status }),
    ask: async () => {
      put({ phase: 'asking' });
      try {
        put({ phase: 'known', status: await api.status() });
      } catch (error) {
        put({ phase: 'failed', error });
      }
    },
  };
}

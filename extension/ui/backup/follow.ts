/**
 * Keeps the full page's two halves in step: the background learns who is signed in, and the vault's worker looks at the
 * server when the engine has proven new versions or was told that its session has ended.
 */
import type { SessionStatus, VaultApi, VaultEvent } from '../../../web/session/index.ts';
import type { Send } from '../../messaging/index.ts';
import type { QueueView } from '../../queue/view.ts';

export interface VaultSide {
  readonly api: Pick<VaultApi, 'status' | 'refresh'>;
  readonly onEvent: (listener: (event: VaultEvent) => void) => () => void;
}

export function follow({ api, onEvent }: VaultSide, view: QueueView, send: Send): void {
  const tell = (status: SessionStatus): void => {
    // A server that does not answer signs nobody out.
    if (status.state === 'signed-out' && status.reason !== null && status.reason !== 'E_SESSION') return;
    void send({ type: 'account', name: status.state === 'ready' ? status.name : null });
  };
  onEvent((event) => event.type === 'session' && tell(event.status));
  void api.status().then(tell, () => undefined);
  refreshWhenProven(api, view);
  refreshWhenSignedOut(api, view);
}

/** One refresh at a time; what is proven meanwhile is covered by one more. */
function refreshWhenProven(api: VaultSide['api'], view: QueueView): void {
  let seen: number | null = null;
  let asked: number | null = null;
  let busy = false;
  const refresh = async (): Promise<void> => {
    busy = true;
    while (asked !== seen) {
      seen = asked;
      // The screens say by themselves what is wrong with the server.
      await api.refresh().catch(() => undefined);
    }
    busy = false;
  };
  view.lastProvenAt().subscribe((lastProvenAt) => {
    asked = lastProvenAt;
    if (!busy && asked !== seen) void refresh();
  });
}

/** The vault's worker finds the session ended as the engine did, and the sign-in screen comes up. */
function refreshWhenSignedOut(api: VaultSide['api'], view: QueueView): void {
  let before: string | undefined;
  view.hold().subscribe((hold) => {
    if (hold?.code === 'E_SESSION' && before !== 'E_SESSION') void api.refresh().catch(() => undefined);
    before = hold?.code;
  });
}

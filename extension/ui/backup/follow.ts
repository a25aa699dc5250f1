/**
 * Keeps the full page's two halves in step: the background learns who is signed in, and the vault's worker looks at the
 * server when the engine has proven new versions or was told that its session has ended.
 */
import type { SessionStatus, VaultApi, VaultEvent } from '../../../web/session/index.ts';
import type { Send } from '../../messaging/index.ts';
import type { QueueView } from '../../queue/view.ts';

/** After so long without another proof, and at the latest, the vault's worker looks. */
const QUIET_MS = 2_000;
const LATEST_MS = 15_000;

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

/** One refresh after many proofs: reading what is new takes from the backup that makes it. */
function refreshWhenProven(api: VaultSide['api'], view: QueueView): void {
  let news: { readonly since: number; readonly timer: ReturnType<typeof setTimeout> } | null = null;
  const refresh = (): void => {
    news = null;
    // The screens say by themselves what is wrong with the server.
    void api.refresh().catch(() => undefined);
  };
  view.lastProvenAt().subscribe((lastProvenAt) => {
    if (lastProvenAt === null) return;
    const now = Date.now();
    const since = news?.since ?? now;
    clearTimeout(news?.timer);
    news = { since, timer: setTimeout(refresh, Math.min(QUIET_MS, since + LATEST_MS - now)) };
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

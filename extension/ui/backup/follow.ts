/**
 * Keeps the full page's two halves in step: the background learns who is signed in, and the vault's worker looks at the
 * server when the engine has proven new versions or was told that its session has ended.
 */
import type { SessionStatus, VaultApi, VaultEvent } from '../../../web/session/index.ts';
import type { Send } from '../../messaging/index.ts';
import type { QueueView } from '../../queue/view.ts';

/** How long what was proven may wait to be seen on the screens of the vault while a backup goes on. */
const SELDOM_MS = 15_000;

export interface VaultSide {
  readonly api: Pick<VaultApi, 'status' | 'refresh'>;
  readonly onEvent: (listener: (event: VaultEvent) => void) => () => void;
}

/** Whether a screen that shows the vault is in front. */
export interface Screens {
  readonly showVault: () => boolean;
  readonly subscribe: (listener: () => void) => void;
}

export interface QueueSide {
  readonly view: Pick<QueueView, 'proofs' | 'hold'>;
  readonly send: Send;
}

export function follow({ api, onEvent }: VaultSide, { view, send }: QueueSide, screens: Screens): void {
  const tell = (status: SessionStatus): void => {
    // A server that does not answer, or is not to be trusted, signs nobody out.
    if (status.state === 'away') return;
    if (status.state === 'signed-out' && status.reason !== null && status.reason !== 'E_SESSION') return;
    // Whoever is not told now is told with the next change, or when a page opens next.
    const account = status.state === 'ready' ? { id: status.accountId, name: status.name } : null;
    void send({ type: 'account', account }).catch(() => undefined);
  };
  onEvent((event) => event.type === 'session' && tell(event.status));
  void api.status().then(tell, () => undefined);
  refreshWhenProven(api, view, screens);
  refreshWhenSignedOut(api, view);
}

/**
 * At once when the queue is at rest. While it is not, reading what is new takes from the backup that makes it: then seldom,
 * and only for a screen that shows it.
 */
function refreshWhenProven(api: VaultSide['api'], view: QueueSide['view'], screens: Screens): void {
  let seen: number | null = null;
  let last: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refresh = (): void => {
    clearTimeout(timer);
    timer = undefined;
    seen = last;
    // The screens say by themselves what is wrong with the server.
    void api.refresh().catch(() => undefined);
  };
  view.proofs().subscribe(({ lastProvenAt, atRest }) => {
    last = lastProvenAt;
    if (last === seen) return;
    if (atRest) refresh();
    else if (screens.showVault()) timer ??= setTimeout(refresh, SELDOM_MS);
  });
  screens.subscribe(() => {
    if (last !== seen && timer === undefined && screens.showVault()) refresh();
  });
}

/** The vault's worker finds the session ended as the engine did, and the sign-in screen comes up. */
function refreshWhenSignedOut(api: VaultSide['api'], view: QueueSide['view']): void {
  let before: string | undefined;
  view.hold().subscribe((hold) => {
    if (hold?.code === 'E_SESSION' && before !== 'E_SESSION') void api.refresh().catch(() => undefined);
    before = hold?.code;
  });
}

/** Tells the background who is signed in, whenever that changes in the full page: the engine starts or stops by it. */
import type { SessionStatus, VaultApi, VaultEvent } from '../../web/session/index.ts';
import type { Send } from '../messaging/index.ts';

export interface AccountSource {
  readonly api: Pick<VaultApi, 'status'>;
  readonly onEvent: (listener: (event: VaultEvent) => void) => () => void;
}

export function tellAccount({ api, onEvent }: AccountSource, send: Send): void {
  const tell = (status: SessionStatus): void => {
    // A server that does not answer signs nobody out.
    if (status.state === 'signed-out' && status.reason !== null && status.reason !== 'E_SESSION') return;
    void send({ type: 'account', name: status.state === 'ready' ? status.name : null });
  };
  onEvent((event) => event.type === 'session' && tell(event.status));
  void api.status().then(tell, () => undefined);
}

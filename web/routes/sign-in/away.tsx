/** Signed in, while the server does not answer: it is asked again, and what needs no vault can be used meanwhile. */
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { SessionStatus } from '../../session/index.ts';
import { Banner, Button, text, Wordmark } from '../../ui/index.ts';
import { useAction, useDesk } from '../desk.ts';

const ASK_MS = 5_000;

export interface AwayProps {
  name: string;
  /** Called while this screen is shown; what is not this status any more takes it away. */
  onStatus: (status: SessionStatus) => void;
  screen: ComponentType | undefined;
}

export function Away({ name, onStatus, screen: Screen }: AwayProps) {
  const { api } = useDesk();
  // For whoever has to go to another server.
  const signOut = useAction(() => api.signOut());
  const shown = useRef(true);
  const ask = (): void =>
    void api.status().then(
      (status) => shown.current && onStatus(status),
      () => undefined,
    );
  useEffect(() => {
    document.title = text.app.name;
    const timer = setInterval(ask, ASK_MS);
    return () => {
      clearInterval(timer);
      shown.current = false;
    };
  }, []);
  return (
    <main class="away" id="main">
      <header class="away-head">
        <Wordmark />
        <Banner
          tone="warn"
          title={text.app.awayTitle(name)}
          action={
            <div class="away-ways">
              <Button small onClick={ask}>
                {text.app.tryAgain}
              </Button>
              <Button small kind="quiet" busy={signOut.busy} onClick={() => signOut.run()}>
                {text.account.signOut}
              </Button>
            </div>
          }
        >
          {Screen === undefined ? text.app.away : text.app.awayBackup}
        </Banner>
      </header>
      {Screen !== undefined && <Screen />}
    </main>
  );
}

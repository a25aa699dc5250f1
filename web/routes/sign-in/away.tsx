/** Signed in, while the server does not answer: it is asked again, and what needs no vault can be used meanwhile. */
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { Banner, Button, text, Wordmark } from '../../ui/index.ts';
import { useAction, useDesk } from '../desk.ts';

const ASK_MS = 5_000;

export interface AwayProps {
  name: string;
  /** Asks for the status; a new one takes this screen away. */
  onAsk: () => Promise<void>;
  screen: ComponentType | undefined;
}

export function Away({ name, onAsk, screen: Screen }: AwayProps) {
  const { api } = useDesk();
  // For whoever has to go to another server.
  const signOut = useAction(() => api.signOut());
  const ask = (): void => void onAsk().catch(() => undefined);
  useEffect(() => {
    document.title = text.app.name;
    const timer = setInterval(ask, ASK_MS);
    return () => clearInterval(timer);
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

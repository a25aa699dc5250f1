/** The first screen: sign in, or create an account. Beside it, in three lines, what Holdfast promises. */
import { useEffect, useState } from 'preact/hooks';
import type { SessionStatus, VaultApi } from '../../session/index.ts';
import { Button, EmptyState, ErrorNote, Mark, Segments, text, Wordmark } from '../../ui/index.ts';
import { reasonOf, type SignedOut } from './reason.ts';
import { ServerLine } from './server-line.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { SignUpForm } from './sign-up-form.tsx';

export interface SignInScreenProps {
  api: VaultApi;
  status: SignedOut;
  canChooseServer: boolean;
  onRetry: () => void;
  onReady: (status: SessionStatus, recovered: boolean) => void;
}

type Choice = 'sign-in' | 'create';

export function SignInScreen({ api, status, canChooseServer, onRetry, onReady }: SignInScreenProps) {
  const [choice, setChoice] = useState<Choice>('sign-in');
  const [server, setServer] = useState(status.server);
  useEffect(() => {
    document.title = text.app.name;
  }, []);
  const reason = reasonOf(status, server, canChooseServer);
  return (
    <div class="welcome">
      <aside class="welcome-brand">
        <Wordmark />
        <p class="welcome-promise">{text.brand.promise}</p>
        <ul>
          {text.brand.points.map(([title, line]) => (
            <li key={title}>
              <strong>{title}</strong>
              {line}
            </li>
          ))}
        </ul>
        <Mark />
      </aside>
      <main class="welcome-main" id="main">
        <div class="welcome-card">
          <Segments
            label={text.signIn.choices}
            value={choice}
            options={[
              { value: 'sign-in', label: text.signIn.title },
              { value: 'create', label: text.signIn.createTab },
            ]}
            onChange={setChoice}
          />
          {reason !== null && choice === 'sign-in' && (
            <ErrorNote
              brief
              error={reason}
              action={
                reason !== 'E_SESSION' && (
                  <Button small onClick={onRetry}>
                    {text.app.tryAgain}
                  </Button>
                )
              }
            />
          )}
          {server === null ? (
            canChooseServer && (
              <EmptyState icon="shield" title={text.signIn.noServer}>
                {text.signIn.needServer}
              </EmptyState>
            )
          ) : choice === 'sign-in' ? (
            <SignInForm api={api} onReady={onReady} />
          ) : server.registrationOpen ? (
            <SignUpForm api={api} server={server.url} onReady={(ready) => onReady(ready, false)} />
          ) : (
            <EmptyState icon="lock" title={text.signUp.closed}>
              {text.signUp.closedHint}
            </EmptyState>
          )}
        </div>
        {(server !== null || canChooseServer) && (
          <ServerLine api={api} server={server} canChoose={canChooseServer} onServer={setServer} />
        )}
      </main>
    </div>
  );
}

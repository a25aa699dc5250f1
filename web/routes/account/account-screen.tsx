/** The account: how much is kept, how this device agrees with the others, who is signed in, and the password. */
import { useEffect, useState } from 'preact/hooks';
import { keepTheme, loadTheme, THEMES, type Theme } from '../../platform/index.ts';
import type { AccountSummary } from '../../session/index.ts';
import { Banner, Button, Confirm, ErrorNote, FactList, formatAge, Meter, Segments, text } from '../../ui/index.ts';
import { useAction, useDesk, useLoaded, useNow, useStore } from '../desk.ts';
import { hasEnded } from '../restore/board.ts';
import { SessionList } from './session-list.tsx';
import { SetPasswordDialog } from './set-password.tsx';

export interface AccountScreenProps {
  /** Signed in with the recovery words: a new password is due. */
  recovered: boolean;
  onPasswordSet: () => void;
}

export function AccountScreen({ recovered, onPasswordSet }: AccountScreenProps) {
  const { api, onEvent, checkedAt } = useDesk();
  const account = useLoaded(() => api.account(), [api, checkedAt]);
  const [passwords, setPasswords] = useState(0);
  const [setting, setSetting] = useState(recovered);
  useEffect(() => onEvent((event) => event.type === 'changed' && account.reload()), [onEvent, account.reload]);
  return (
    <div class="page">
      <header class="page-head">
        <h1>{text.account.title}</h1>
        <p>
          <bdi>{account.value?.name ?? ' '}</bdi>
        </p>
      </header>
      {recovered && (
        <Banner
          tone="warn"
          title={text.account.afterRecovery}
          action={
            <Button small kind="primary" onClick={() => setSetting(true)}>
              {text.account.setPassword}
            </Button>
          }
        >
          {text.account.afterRecoveryHint}
        </Banner>
      )}
      {account.error !== null && (
        <ErrorNote
          error={account.error}
          action={
            <Button small onClick={account.reload}>
              {text.app.tryAgain}
            </Button>
          }
        />
      )}
      <div class="cards">
        {account.value !== null && <Storage account={account.value} />}
        {account.value !== null && <StateCode words={account.value.stateCode} />}
        <section class="card card-wide">
          <h2>{text.account.sessions}</h2>
          <SessionList key={passwords} />
        </section>
        <section class="card">
          <h2>{text.account.security}</h2>
          <p>{text.account.securityHint}</p>
          <Button icon="lock" onClick={() => setSetting(true)}>
            {text.account.setPassword}
          </Button>
        </section>
        <Appearance />
      </div>
      <SignOut />
      {setting && (
        <SetPasswordDialog
          name={account.value?.name ?? ''}
          onClose={() => setSetting(false)}
          onDone={() => {
            setSetting(false);
            setPasswords(passwords + 1);
            onPasswordSet();
          }}
        />
      )}
    </div>
  );
}

function Storage({ account }: { account: AccountSummary }) {
  const last = account.lastBackupAt;
  const now = useNow();
  return (
    <section class="card">
      <h2>{text.account.storage}</h2>
      <p class="card-figure">{text.account.storageOf(account.usedBytes, account.quotaBytes)}</p>
      <Meter label={text.account.storage} used={account.usedBytes} of={account.quotaBytes} />
      <p>{text.account.files(account.fileCount)}</p>
      <FactList facts={[[text.account.lastBackup, last === null ? text.account.noBackup : formatAge(last, now)]]} />
    </section>
  );
}

function StateCode({ words }: { words: string }) {
  return (
    <section class="card">
      <h2>{text.account.stateCode}</h2>
      <p class="card-code">{words}</p>
      <p>{text.account.stateCodeHint}</p>
    </section>
  );
}

function Appearance() {
  const [theme, setTheme] = useState<Theme>(loadTheme);
  return (
    <section class="card">
      <h2>{text.account.appearance}</h2>
      <Segments
        label={text.account.appearance}
        value={theme}
        options={THEMES.map((value) => ({ value, label: text.account.theme[value] }))}
        onChange={(chosen) => {
          keepTheme(chosen);
          setTheme(chosen);
        }}
      />
    </section>
  );
}

function SignOut() {
  const { api, board, router } = useDesk();
  const [asking, setAsking] = useState(false);
  const items = useStore(board.subscribe, board.items);
  const running = items.some((item) => !hasEnded(item));
  const signOut = useAction(async () => {
    await api.signOut();
    router.go('/');
  });
  return (
    <footer class="page-foot">
      <Button icon="leave" busy={signOut.busy} onClick={() => (running ? setAsking(true) : signOut.run())}>
        {text.account.signOut}
      </Button>
      {signOut.error !== null && <ErrorNote error={signOut.error} brief />}
      {asking && (
        <Confirm
          title={text.account.signOut}
          action={text.account.signOut}
          busy={signOut.busy}
          onConfirm={() => signOut.run()}
          onClose={() => setAsking(false)}
        >
          <p>{text.account.signOutRunning}</p>
        </Confirm>
      )}
    </footer>
  );
}

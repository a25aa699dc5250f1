/** What somebody without an account sees behind a share link: what it is, from whom, how large, and a way to have it. */
import { useEffect, useMemo, useState } from 'preact/hooks';

import type { Saver } from '../../platform/index.ts';
import type { ShareApi, VaultEvent } from '../../session/index.ts';
import { Button, EmptyState, ErrorNote, TextField, text, Wordmark } from '../../ui/index.ts';
import { createBoard } from '../restore/board.ts';
import { RestoreTray } from '../restore/tray.tsx';
import { SharedItem } from './shared-item.tsx';
import { type Share, useShare } from './use-share.ts';

export interface ShareAppProps {
  readonly api: ShareApi;
  readonly onEvent: (listener: (event: VaultEvent) => void) => () => void;
  readonly saver: Saver;
  /** What stood after the #, already gone from the address bar. */
  readonly fragment: string;
}

export function ShareApp({ api, onEvent, saver, fragment }: ShareAppProps) {
  const share = useShare(api, fragment);
  const board = useMemo(() => createBoard({ saver, now: () => Date.now(), newId: () => crypto.randomUUID() }), [saver]);
  useEffect(
    () =>
      onEvent((event) => {
        if (event.type === 'restore-progress' || event.type === 'restore-conflict') board.onNotice(event);
      }),
    [onEvent, board],
  );
  return (
    <div class="share">
      <header class="share-head">
        <Wordmark />
      </header>
      <main class="share-main" id="main">
        <Stage share={share} api={api} start={board.start} />
      </main>
      <footer class="share-foot">
        <p>{text.share.foot}</p>
      </footer>
      <RestoreTray board={board} doneText={text.restore.received} />
    </div>
  );
}

interface StageProps {
  share: Share;
  api: ShareApi;
  start: Parameters<typeof SharedItem>[0]['start'];
}

function Stage({ share, api, start }: StageProps) {
  const { stage } = share;
  switch (stage.at) {
    case 'opening':
      return (
        <p class="share-opening" role="status">
          <span class="spinner" aria-hidden="true" />
          {text.share.opening}
        </p>
      );
    case 'incomplete':
      return (
        <EmptyState icon="link" title={text.share.incomplete}>
          {text.share.incompleteHint}
        </EmptyState>
      );
    case 'failed':
      return (
        <ErrorNote
          error={stage.error}
          action={
            <Button small onClick={share.retry}>
              {text.app.tryAgain}
            </Button>
          }
        />
      );
    case 'password':
      return <PasswordForm busy={stage.busy} error={stage.error} onOpen={share.open} />;
    case 'open':
      return <SharedItem view={stage.view} api={api} start={start} />;
  }
}

function PasswordForm({ busy, error, onOpen }: { busy: boolean; error: unknown; onOpen: (password: string) => void }) {
  const [password, setPassword] = useState('');
  return (
    <form
      class="share-card form"
      onSubmit={(event) => {
        event.preventDefault();
        if (password !== '') onOpen(password);
      }}
    >
      <h1>{text.share.passwordTitle}</h1>
      <p class="share-lead">{text.share.passwordLead}</p>
      <TextField
        label={text.share.password}
        type="password"
        name="link-password"
        autocomplete="off"
        value={password}
        onInput={setPassword}
      />
      {error !== null && <ErrorNote error={error} brief />}
      <Button kind="primary" type="submit" wide busy={busy}>
        {busy ? text.share.unlocking : text.share.open}
      </Button>
    </form>
  );
}

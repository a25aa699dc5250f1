/**
 * What other devices committed is fetched at sign-in and whenever the page is looked at again; that it could not be is
 * said above every screen.
 */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { codeOf, PASSING } from '../../shared/errors/index.ts';
import { onVisible } from '../platform/index.ts';
import type { VaultApi } from '../session/index.ts';
import { Button, ErrorNote, formatMoment, Icon, text } from '../ui/index.ts';
import type { Desk } from './desk.ts';

export interface Checking {
  readonly check: Desk['check'];
  /** Why the last check failed; null when it did not. That the server is away covers nothing that was found before. */
  readonly error: unknown;
  /** When the last one that worked ended. */
  readonly lastAt: number | null;
}

const UNKNOWN = { error: null, lastAt: null };

/** `account` is null while nobody is signed in; what was asked for another is dropped. */
export function useChecking(api: VaultApi, account: string | null): Checking {
  const [state, setState] = useState<Omit<Checking, 'check'>>(UNKNOWN);
  const turn = useRef(0);
  const check = useCallback(async () => {
    const mine = ++turn.current;
    try {
      await api.refresh();
      if (mine === turn.current) setState({ error: null, lastAt: Date.now() });
      return true;
    } catch (error) {
      const passing = PASSING.has(codeOf(error));
      if (mine === turn.current)
        setState((before) => (passing && before.error !== null ? before : { ...before, error }));
      return false;
    }
  }, [api]);
  useEffect(() => {
    if (account === null) return;
    void check();
    const stop = onVisible(() => void check());
    return () => {
      stop();
      turn.current++;
      setState(UNKNOWN);
    };
  }, [check, account]);
  return { ...state, check };
}

export function CheckNote({ error, lastAt, check }: Checking) {
  if (error === null) return null;
  const again = (
    <Button small onClick={() => void check()}>
      {text.app.tryAgain}
    </Button>
  );
  if (!PASSING.has(codeOf(error))) {
    return (
      <div class="check-note">
        <ErrorNote error={error} action={again} />
      </div>
    );
  }
  return (
    <div class="check-note check-note-quiet" role="status">
      <Icon name="info" />
      <p>{text.app.notChecked(lastAt === null ? null : formatMoment(lastAt))}</p>
      {again}
    </div>
  );
}

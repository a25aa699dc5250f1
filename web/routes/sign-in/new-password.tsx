/** Choosing a password: five random words by default, or one's own with a live estimate. Used at sign-up and later. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PasswordEstimate, VaultApi } from '../../session/index.ts';
import { Button, Strength, TextField, text } from '../../ui/index.ts';
import { CopyButton } from '../links/copy-button.tsx';

export interface NewPassword {
  readonly password: string;
  readonly own: boolean;
  readonly estimate: PasswordEstimate | null;
  readonly acceptable: boolean;
  readonly another: () => void;
  readonly type: (password: string) => void;
  readonly choose: (own: boolean) => void;
}

export function useNewPassword(api: Pick<VaultApi, 'newPassphrase' | 'estimatePassword'>): NewPassword {
  const [own, setOwn] = useState(false);
  const [password, setPassword] = useState('');
  const [estimate, setEstimate] = useState<PasswordEstimate | null>(null);
  const turn = useRef(0);
  const another = (): void => {
    const mine = ++turn.current;
    void api.newPassphrase().then(
      (words) => mine === turn.current && setPassword(words),
      () => mine === turn.current && setOwn(true),
    );
  };
  useEffect(another, [api]);
  const type = (typed: string): void => {
    const mine = ++turn.current;
    setPassword(typed);
    if (typed === '') {
      setEstimate(null);
      return;
    }
    void api.estimatePassword(typed).then(
      (answer) => mine === turn.current && setEstimate(answer),
      () => mine === turn.current && setEstimate(null),
    );
  };
  return {
    password,
    own,
    estimate,
    acceptable: own ? estimate?.acceptable === true : password !== '',
    another,
    type,
    choose: (toOwn) => {
      setOwn(toOwn);
      setEstimate(null);
      setPassword('');
      if (toOwn) turn.current++;
      else another();
    },
  };
}

export function NewPasswordFields({ choice, tried }: { choice: NewPassword; tried: boolean }) {
  return choice.own ? <OwnPassword choice={choice} tried={tried} /> : <GeneratedPassword choice={choice} />;
}

function GeneratedPassword({ choice }: { choice: NewPassword }) {
  return (
    <div class="field">
      <p class="field-label" id="generated-label">
        {text.signUp.generated}
      </p>
      <output class="phrase" aria-labelledby="generated-label">
        {choice.password.split(/(?=[\s-])|(?<=[\s-])/).map((word) => (/^[\s-]$/.test(word) ? <i>{word}</i> : word))}
      </output>
      {/* what a password manager saves: it never learns of words that are only shown */}
      <input
        class="unseen"
        type="password"
        name="password"
        autocomplete="new-password"
        value={choice.password}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <p class="field-hint">{text.signUp.generatedHint}</p>
      <div class="phrase-actions">
        <Button small icon="refresh" onClick={choice.another}>
          {text.signUp.another}
        </Button>
        <CopyButton small value={choice.password}>
          {text.app.copy}
        </CopyButton>
        <Button small kind="quiet" onClick={() => choice.choose(true)}>
          {text.signUp.own}
        </Button>
      </div>
    </div>
  );
}

function OwnPassword({ choice, tried }: { choice: NewPassword; tried: boolean }) {
  const { estimate, password } = choice;
  const verdict = estimate?.acceptable === true ? text.signUp.strong : estimate?.advice || text.signUp.weak;
  return (
    <div class="own-password">
      <TextField
        label={text.signUp.ownLabel}
        hint={text.signUp.ownHint}
        error={tried && !choice.acceptable ? verdict : null}
        type="password"
        name="password"
        autocomplete="new-password"
        value={password}
        onInput={choice.type}
      />
      {estimate !== null && (
        <div class="strength-line">
          <Strength
            label={text.signUp.strength}
            bits={estimate.bits}
            wanted={estimate.wanted * 1.3}
            acceptable={estimate.acceptable}
          />
          <p aria-live="polite">{verdict}</p>
        </div>
      )}
      <Button small kind="quiet" onClick={() => choice.choose(false)}>
        {text.signUp.useGenerated}
      </Button>
    </div>
  );
}

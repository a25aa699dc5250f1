/** Creating an account in three steps: name and password; the recovery words on paper; three of them typed back. */
import { useEffect, useRef } from 'preact/hooks';
import type { SessionStatus, VaultApi } from '../../session/index.ts';
import { Button, ErrorNote, TextField, text } from '../../ui/index.ts';
import { NewPasswordFields } from './new-password.tsx';
import { RecoverySheet } from './recovery-sheet.tsx';
import { type SignUp, useSignUp } from './use-sign-up.ts';

export interface SignUpProps {
  api: VaultApi;
  server: string;
  onReady: (status: SessionStatus) => void;
}

export function SignUpForm({ api, server, onReady }: SignUpProps) {
  const signUp = useSignUp(api, onReady);
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) heading.current?.focus();
    first.current = false;
  }, [signUp.step]);
  const titles = { 1: text.signUp.title, 2: text.signUp.wordsTitle, 3: text.signUp.checkTitle };
  return (
    <div class={`step step-${signUp.step}`}>
      <p class="step-count">
        {text.signUp.step(signUp.step)}
        <span class={`step-dots step-dots-${signUp.step}`} aria-hidden="true" />
      </p>
      <h1 ref={heading} tabIndex={-1}>
        {titles[signUp.step]}
      </h1>
      {signUp.step === 1 && <NameAndPassword signUp={signUp} />}
      {signUp.step === 2 && signUp.pending !== null && (
        <Words signUp={signUp} words={signUp.pending.words} server={server} />
      )}
      {signUp.step === 3 && signUp.pending !== null && <Check signUp={signUp} ask={signUp.pending.ask} />}
    </div>
  );
}

function NameAndPassword({ signUp }: { signUp: SignUp }) {
  const { begin, choice, name, nameTaken, tried } = signUp;
  const missing = tried && name.trim() === '' ? text.signIn.required : null;
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        begin.run();
      }}
    >
      <TextField
        label={text.signIn.name}
        hint={text.signUp.nameHint}
        error={nameTaken ? text.signUp.nameTaken : missing}
        name="username"
        autocomplete="username"
        maxLength={254}
        value={name}
        onInput={signUp.setName}
      />
      <NewPasswordFields choice={choice} tried={tried} />
      {begin.error !== null && <ErrorNote error={begin.error} />}
      <Button kind="primary" type="submit" wide busy={begin.busy}>
        {begin.busy ? text.signUp.preparing : text.signUp.next}
      </Button>
    </form>
  );
}

function Words({ signUp, words, server }: { signUp: SignUp; words: readonly string[]; server: string }) {
  const madeAt = useRef(Date.now());
  return (
    <div class="form">
      <p class="step-lead">{text.signUp.wordsLead}</p>
      <RecoverySheet words={words} name={signUp.name.trim()} server={server} madeAt={madeAt.current} />
      <div class="step-actions">
        <Button icon="print" onClick={() => print()}>
          {text.signUp.print}
        </Button>
        <Button kind="primary" onClick={signUp.toCheck}>
          {text.signUp.wordsDone}
        </Button>
      </div>
      <Button small kind="quiet" icon="left" onClick={signUp.startOver}>
        {text.signUp.startOver}
      </Button>
    </div>
  );
}

function Check({ signUp, ask }: { signUp: SignUp; ask: readonly [number, number, number] }) {
  const { answers, finish } = signUp;
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        finish.run();
      }}
    >
      <p class="step-lead">{text.signUp.checkLead}</p>
      <div class="form-three">
        {([0, 1, 2] as const).map((at) => (
          <TextField
            key={at}
            label={text.signUp.word(ask[at] + 1)}
            name={`word-${at}`}
            autocomplete="off"
            value={answers[at]}
            onInput={(word) => signUp.setAnswer(at, word)}
          />
        ))}
      </div>
      {finish.error !== null && <ErrorNote error={finish.error} />}
      <Button kind="primary" type="submit" wide busy={finish.busy}>
        {finish.busy ? text.signUp.creating : text.signUp.create}
      </Button>
      <Button small kind="quiet" icon="left" onClick={signUp.toWords}>
        {text.signUp.back}
      </Button>
    </form>
  );
}

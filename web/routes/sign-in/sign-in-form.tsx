/** Signing in, with the password or with the twelve recovery words. */
import { useState } from 'preact/hooks';
import type { SessionStatus, VaultApi } from '../../session/index.ts';
import { Button, ErrorNote, TextArea, TextField, text } from '../../ui/index.ts';
import { useAction } from '../desk.ts';

export interface SignInProps {
  api: VaultApi;
  /** `recovered`: the words opened the account, so a new password is due. */
  onReady: (status: SessionStatus, recovered: boolean) => void;
}

const WORDS = 12;
const wordsIn = (typed: string): string[] => typed.toLowerCase().match(/\p{L}+/gu) ?? [];

export function SignInForm({ api, onReady }: SignInProps) {
  const [byWords, setByWords] = useState(false);
  const [name, setName] = useState('');
  return byWords ? (
    <WordsForm api={api} name={name} setName={setName} onReady={onReady} onSwitch={() => setByWords(false)} />
  ) : (
    <PasswordForm api={api} name={name} setName={setName} onReady={onReady} onSwitch={() => setByWords(true)} />
  );
}

interface FormProps extends SignInProps {
  name: string;
  setName: (name: string) => void;
  onSwitch: () => void;
}

function PasswordForm({ api, name, setName, onReady, onSwitch }: FormProps) {
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const signIn = useAction(async () => {
    setTried(true);
    if (name.trim() === '' || password === '') return;
    onReady(await api.signIn(name.trim(), password), false);
  });
  return (
    <div class="step">
      <h1>{text.signIn.title}</h1>
      <p class="step-lead">{text.signIn.lead}</p>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          signIn.run();
        }}
      >
        <NameField name={name} setName={setName} tried={tried} />
        <TextField
          label={text.signIn.password}
          error={tried && password === '' ? text.signIn.required : null}
          type="password"
          name="password"
          autocomplete="current-password"
          value={password}
          onInput={setPassword}
        />
        {signIn.error !== null && <ErrorNote error={signIn.error} />}
        <Button kind="primary" type="submit" wide busy={signIn.busy}>
          {signIn.busy ? text.signIn.working : text.signIn.submit}
        </Button>
        <Button kind="quiet" wide onClick={onSwitch}>
          {text.signIn.toWords}
        </Button>
      </form>
    </div>
  );
}

function WordsForm({ api, name, setName, onReady, onSwitch }: FormProps) {
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState(false);
  const words = wordsIn(typed);
  const signIn = useAction(async () => {
    setTried(true);
    if (name.trim() === '' || words.length === 0) return;
    onReady(await api.signInWithWords(name.trim(), words.join(' ')), true);
  });
  return (
    <div class="step">
      <h1>{text.signIn.wordsTitle}</h1>
      <p class="step-lead">{text.signIn.wordsLead}</p>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          signIn.run();
        }}
      >
        <NameField name={name} setName={setName} tried={tried} />
        <TextArea
          label={text.signIn.words}
          hint={text.signIn.wordsHint(words.length)}
          error={tried && words.length === 0 ? text.signIn.required : null}
          name="recovery-words"
          rows={3}
          mono
          value={typed}
          onInput={setTyped}
        />
        {signIn.error !== null && <ErrorNote error={signIn.error} />}
        <Button kind="primary" type="submit" wide busy={signIn.busy} disabled={words.length > WORDS}>
          {signIn.busy ? text.signIn.working : text.signIn.submit}
        </Button>
        <Button kind="quiet" wide onClick={onSwitch}>
          {text.signIn.toPassword}
        </Button>
      </form>
    </div>
  );
}

function NameField({ name, setName, tried }: { name: string; setName: (name: string) => void; tried: boolean }) {
  return (
    <TextField
      label={text.signIn.name}
      error={tried && name.trim() === '' ? text.signIn.required : null}
      name="username"
      autocomplete="username"
      maxLength={254}
      value={name}
      onInput={setName}
    />
  );
}

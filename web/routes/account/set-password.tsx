/** A new password, after recovery or at any time. */
import { useState } from 'preact/hooks';
import { Button, Dialog, ErrorNote, text } from '../../ui/index.ts';
import { useAction, useDesk } from '../desk.ts';
import { NewPasswordFields, useNewPassword } from '../sign-in/new-password.tsx';

export interface SetPasswordProps {
  /** Whose password: a password manager wants to know. */
  name: string;
  onClose: () => void;
  onDone: () => void;
}

export function SetPasswordDialog({ name, onClose, onDone }: SetPasswordProps) {
  const { api, say } = useDesk();
  const choice = useNewPassword(api);
  const [tried, setTried] = useState(false);
  const save = useAction(async () => {
    setTried(true);
    if (!choice.acceptable) return;
    await api.setPassword(choice.password);
    say(text.account.passwordSet);
    onDone();
  });
  return (
    <Dialog title={text.account.setPasswordTitle} busy={save.busy} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          save.run();
        }}
      >
        <input
          class="unseen"
          type="text"
          name="username"
          autocomplete="username"
          value={name}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <NewPasswordFields choice={choice} tried={tried} />
        {save.error !== null && <ErrorNote error={save.error} />}
        <footer class="dialog-actions">
          <Button disabled={save.busy} onClick={onClose}>
            {text.app.cancel}
          </Button>
          <Button kind="primary" type="submit" busy={save.busy}>
            {save.busy ? text.account.saving : text.account.savePassword}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

/** Which server this is. Only where the person may choose (the extension) can it be changed. */
import { useState } from 'preact/hooks';
import type { ServerSummary, VaultApi } from '../../session/index.ts';
import { Button, ErrorNote, Icon, TextField, text } from '../../ui/index.ts';
import { useAction } from '../desk.ts';

export interface ServerLineProps {
  api: VaultApi;
  server: ServerSummary | null;
  canChoose: boolean;
  onServer: (server: ServerSummary) => void;
}

export function ServerLine({ api, server, canChoose, onServer }: ServerLineProps) {
  const [editing, setEditing] = useState(server === null && canChoose);
  const [typed, setTyped] = useState(server?.url ?? '');
  const use = useAction(async () => {
    onServer(await api.useServer(typed.trim()));
    setEditing(false);
  });
  if (!editing) {
    return (
      <p class="server-line">
        <Icon name="shield" />
        <span>
          {text.signIn.server}: <bdi>{server?.url ?? text.signIn.noServer}</bdi>
        </span>
        {canChoose && (
          <Button small kind="quiet" onClick={() => setEditing(true)}>
            {text.signIn.serverChange}
          </Button>
        )}
      </p>
    );
  }
  return (
    <form
      class="server-form"
      onSubmit={(event) => {
        event.preventDefault();
        use.run();
      }}
    >
      <TextField
        label={text.signIn.serverField}
        hint={text.signIn.serverHint}
        inputMode="url"
        name="server"
        autocomplete="url"
        value={typed}
        onInput={setTyped}
      />
      {use.error !== null && <ErrorNote error={use.error} brief />}
      <Button small type="submit" busy={use.busy}>
        {text.signIn.serverUse}
      </Button>
    </form>
  );
}

/** Changes how long a link works and how often; both are policies that the server keeps. */
import { useState } from 'preact/hooks';
import type { LinkSummary } from '../../session/index.ts';
import { Button, Dialog, ErrorNote, FileIcon, Name, Select, TextField, text } from '../../ui/index.ts';
import { useAction, useDesk } from '../desk.ts';
import { AS_NOW, DEFAULT_DAYS, daysOf, editOptions, limitOf } from './link-options.ts';

export interface EditLinkProps {
  link: LinkSummary;
  onSaved: () => void;
  onClose: () => void;
}

export function EditLinkDialog({ link, onSaved, onClose }: EditLinkProps) {
  const { api, say } = useDesk();
  const [days, setDays] = useState<string>(link.state === 'expired' ? DEFAULT_DAYS : AS_NOW);
  const [limit, setLimit] = useState(link.maxDownloads === null ? '' : String(link.maxDownloads));
  const maxDownloads = limitOf(limit);
  const save = useAction(async () => {
    if (maxDownloads === undefined) return;
    await api.updateLink(link.linkId, days === AS_NOW ? AS_NOW : daysOf(days), maxDownloads);
    say(text.links.saved);
    onSaved();
  });
  return (
    <Dialog title={text.links.editTitle} busy={save.busy} onClose={onClose}>
      <div class="link-subject">
        <FileIcon name={link.name} folder={link.kind === 'folder'} />
        <Name name={link.name} folder={link.kind === 'folder'} />
      </div>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          save.run();
        }}
      >
        <Select label={text.links.howLong} value={days} options={editOptions(link)} onChange={setDays} />
        <TextField
          label={text.createLink.limit}
          hint={`${text.createLink.limitHint} ${text.links.received} ${text.links.receivedOf(link.received, null)}.`}
          error={maxDownloads === undefined ? text.createLink.limitBad : null}
          name="limit"
          autocomplete="off"
          value={limit}
          onInput={setLimit}
        />
        {save.error !== null && <ErrorNote error={save.error} brief />}
        <footer class="dialog-actions">
          <Button disabled={save.busy} onClick={onClose}>
            {text.app.cancel}
          </Button>
          <Button kind="primary" type="submit" busy={save.busy}>
            {text.links.save}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

/** Makes a link: what it asks for, how long it lives, what it says. Then shows it once, ready to copy. */
import { useState } from 'preact/hooks';
import type { LinkSummary } from '../../session/index.ts';
import {
  Banner,
  Button,
  Checkbox,
  Dialog,
  ErrorNote,
  FileIcon,
  Name,
  Select,
  TextArea,
  TextField,
  text,
} from '../../ui/index.ts';
import { useAction, useDesk } from '../desk.ts';
import { CopyButton } from './copy-button.tsx';
import { DEFAULT_DAYS, daysOf, EXPIRY_OPTIONS, limitOf } from './link-options.ts';

export interface CreateLinkProps {
  subject: { readonly fileId: string; readonly name: string; readonly folder: boolean };
  onClose: () => void;
}

export function CreateLinkDialog({ subject, onClose }: CreateLinkProps) {
  const [made, setMade] = useState<{ link: LinkSummary; password: string } | null>(null);
  const form = useLinkForm(subject.fileId, (link, password) => setMade({ link, password }));
  return (
    <Dialog
      title={made === null ? text.createLink.title : text.createLink.doneTitle}
      busy={form.create.busy}
      firm={made !== null}
      onClose={onClose}
    >
      <div class="link-subject">
        <FileIcon name={subject.name} folder={subject.folder} />
        <Name name={subject.name} folder={subject.folder} />
      </div>
      {made === null ? <LinkForm form={form} onClose={onClose} /> : <MadeLink {...made} onClose={onClose} />}
    </Dialog>
  );
}

function LinkForm({ form, onClose }: { form: LinkForm; onClose: () => void }) {
  const { create } = form;
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        create.run();
      }}
    >
      <div class="form-pair">
        <Select label={text.createLink.expires} value={form.days} options={EXPIRY_OPTIONS} onChange={form.setDays} />
        <TextField
          label={text.createLink.limit}
          hint={text.createLink.limitHint}
          error={limitOf(form.limit) === undefined ? text.createLink.limitBad : null}
          name="limit"
          autocomplete="off"
          value={form.limit}
          onInput={form.setLimit}
        />
      </div>
      <PasswordPart form={form} />
      <TextField
        label={text.createLink.from}
        hint={text.createLink.fromHint}
        name="from"
        autocomplete="name"
        maxLength={100}
        value={form.from}
        onInput={form.setFrom}
      />
      <TextArea
        label={text.createLink.note}
        hint={text.createLink.noteHint}
        name="note"
        rows={2}
        maxLength={1000}
        value={form.note}
        onInput={form.setNote}
      />
      <p class="form-small">{text.createLink.honest}</p>
      {create.error !== null && <ErrorNote error={create.error} brief />}
      <footer class="dialog-actions">
        <Button disabled={create.busy} onClick={onClose}>
          {text.app.cancel}
        </Button>
        <Button kind="primary" type="submit" icon="link" busy={create.busy}>
          {create.busy ? text.createLink.working : text.createLink.submit}
        </Button>
      </footer>
    </form>
  );
}

type LinkForm = ReturnType<typeof useLinkForm>;

function useLinkForm(fileId: string, onMade: (link: LinkSummary, password: string) => void) {
  const { api } = useDesk();
  const [protect, setProtect] = useState(false);
  const [password, setPassword] = useState('');
  const [days, setDays] = useState(DEFAULT_DAYS);
  const [limit, setLimit] = useState('');
  const [from, setFrom] = useState('');
  const [note, setNote] = useState('');
  const suggest = useAction(async () => setPassword(await api.newPassphrase()));
  const create = useAction(async () => {
    const maxDownloads = limitOf(limit);
    if (maxDownloads === undefined || (protect && password === '')) return;
    const secret = protect ? password : '';
    const options = { password: secret, expiresInDays: daysOf(days), maxDownloads, note, from };
    onMade(await api.createLink(fileId, options), secret);
  });
  return {
    ...{ protect, password, days, limit, from, note },
    ...{ setProtect, setPassword, setDays, setLimit, setFrom, setNote },
    suggest,
    create,
  };
}

function PasswordPart({ form }: { form: LinkForm }) {
  const { password, suggest } = form;
  return (
    <>
      <Checkbox
        label={text.createLink.protect}
        checked={form.protect}
        onChange={(on) => {
          form.setProtect(on);
          if (on && password === '') suggest.run();
        }}
      />
      {form.protect && (
        <div class="form-indent">
          <TextField
            label={text.createLink.password}
            hint={text.createLink.passwordHint}
            error={password !== '' || suggest.busy ? null : text.signIn.required}
            name="link-password"
            autocomplete="off"
            mono
            value={password}
            onInput={form.setPassword}
          />
          <Button small kind="quiet" icon="refresh" busy={suggest.busy} onClick={() => suggest.run()}>
            {text.createLink.suggest}
          </Button>
        </div>
      )}
    </>
  );
}

function MadeLink({ link, password, onClose }: { link: LinkSummary; password: string; onClose: () => void }) {
  return (
    <div class="form">
      <TextField
        label={text.createLink.url}
        hint={text.createLink.fragment}
        name="link"
        autocomplete="off"
        readOnly
        mono
        value={link.url}
        onInput={() => {}}
      />
      {password !== '' && (
        <>
          <TextField
            label={text.createLink.password}
            name="link-password"
            autocomplete="off"
            readOnly
            mono
            value={password}
            onInput={() => {}}
          />
          <Banner tone="plain" title={text.createLink.sendApart} />
        </>
      )}
      <footer class="dialog-actions">
        <Button onClick={onClose}>{text.createLink.done}</Button>
        {password !== '' && <CopyButton value={password}>{text.createLink.copyPassword}</CopyButton>}
        <CopyButton value={link.url} kind="primary">
          {text.createLink.copyLink}
        </CopyButton>
      </footer>
    </div>
  );
}

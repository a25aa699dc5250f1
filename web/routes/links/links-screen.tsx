/** The links that were made: their state, how often they were received, and the ways to change or end them. */
import { useEffect, useState } from 'preact/hooks';
import type { LinkSummary } from '../../session/index.ts';
import {
  Badge,
  Button,
  Confirm,
  EmptyState,
  ErrorNote,
  FileIcon,
  formatBytes,
  formatDay,
  Menu,
  Name,
  plainName,
  type Tone,
  text,
} from '../../ui/index.ts';
import { useAction, useDesk, useLoaded } from '../desk.ts';
import { CopyButton } from './copy-button.tsx';
import { EditLinkDialog } from './edit-link.tsx';

type Asking = { readonly what: 'edit' | 'revoke'; readonly link: LinkSummary } | null;

const TONES: Record<LinkSummary['state'], Tone> = {
  live: 'good',
  expired: 'plain',
  'used-up': 'plain',
  locked: 'warn',
  missing: 'bad',
};

export function LinksScreen() {
  const { api, onEvent, checkedAt } = useDesk();
  const links = useLoaded(() => api.links(), [api, checkedAt]);
  const [asking, setAsking] = useState<Asking>(null);
  useEffect(() => onEvent((event) => event.type === 'changed' && links.reload()), [onEvent, links.reload]);
  const close = (): void => setAsking(null);
  const changed = (): void => {
    close();
    links.reload();
  };
  return (
    <div class="page">
      <header class="page-head">
        <h1>{text.links.title}</h1>
        <p>{text.links.lead}</p>
      </header>
      {links.error !== null && (
        <ErrorNote
          error={links.error}
          action={
            <Button small onClick={links.reload}>
              {text.app.tryAgain}
            </Button>
          }
        />
      )}
      {links.value?.length === 0 && (
        <EmptyState icon="link" title={text.links.empty}>
          {text.links.emptyHint}
        </EmptyState>
      )}
      {links.value !== null && links.value.length > 0 && (
        <ul class="link-list">
          {links.value.map((link) => (
            <LinkCard key={link.linkId} link={link} onAsk={(what) => setAsking({ what, link })} />
          ))}
        </ul>
      )}
      {asking?.what === 'edit' && <EditLinkDialog link={asking.link} onSaved={changed} onClose={close} />}
      {asking?.what === 'revoke' && <RevokeDialog link={asking.link} onRevoked={changed} onClose={close} />}
    </div>
  );
}

function LinkCard({ link, onAsk }: { link: LinkSummary; onAsk: (what: 'edit' | 'revoke') => void }) {
  const plain = plainName(link.name);
  const hint = text.links.stateHint[link.state];
  return (
    <li class="link-card">
      <FileIcon name={link.name} folder={link.kind === 'folder'} />
      <div class="link-main">
        <p class="link-name">
          <Name name={link.name} folder={link.kind === 'folder'} />
          <Badge tone={TONES[link.state]}>{text.links.state[link.state]}</Badge>
          {link.hasPassword && <Badge>{text.links.password}</Badge>}
        </p>
        <p class="link-facts">
          <span>{formatBytes(link.size)}</span>
          <span>
            {text.links.received} {text.links.receivedOf(link.received, link.maxDownloads)}
          </span>
          <span>
            {text.links.expires} {link.expiresAt === null ? text.links.never.toLowerCase() : formatDay(link.expiresAt)}
          </span>
        </p>
        {link.note !== '' && (
          <p class="link-note">
            <bdi>{link.note}</bdi>
          </p>
        )}
        {hint !== '' && <p class="link-hint">{hint}</p>}
      </div>
      <div class="link-actions">
        {link.state === 'live' && (
          <CopyButton small value={link.url} label={text.links.copy(plain)}>
            {text.links.copyShort}
          </CopyButton>
        )}
        {link.state !== 'live' && link.state !== 'missing' && (
          <Button small icon="edit" label={text.links.editOf(plain)} onClick={() => onAsk('edit')}>
            {text.links.editShort}
          </Button>
        )}
        <Menu
          label={text.links.menu(plain)}
          items={[
            { label: text.links.edit, icon: 'edit', onSelect: () => onAsk('edit') },
            { label: text.links.revoke, icon: 'bin', danger: true, onSelect: () => onAsk('revoke') },
          ]}
        />
      </div>
    </li>
  );
}

interface RevokeDialogProps {
  link: LinkSummary;
  onRevoked: () => void;
  onClose: () => void;
}

function RevokeDialog({ link, onRevoked, onClose }: RevokeDialogProps) {
  const { api, say } = useDesk();
  const revoke = useAction(async () => {
    await api.revokeLink(link.linkId);
    say(text.links.revoked);
    onRevoked();
  });
  return (
    <Confirm
      title={text.links.revokeTitle}
      action={text.links.revoke}
      busy={revoke.busy}
      onConfirm={() => revoke.run()}
      onClose={onClose}
    >
      <p>{text.links.revokeText(plainName(link.name))}</p>
      {revoke.error !== null && <ErrorNote error={revoke.error} brief />}
    </Confirm>
  );
}

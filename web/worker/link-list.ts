/** The owner's links: what the vault's log knows of them joined with what the server counts, and its limits changed. */

import type { Session } from '../../shared/account/index.ts';
import { toHex } from '../../shared/bytes/index.ts';
import { linkLookup } from '../../shared/crypto/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import { NODE_KIND } from '../../shared/format/index.ts';
import { DAY_MS, type LinkRow } from '../../shared/protocol/index.ts';
import { expiryDay, linkUrl } from '../../shared/share/index.ts';
import { type LinkState, nodeById } from '../../shared/vault/index.ts';
import type { LinkSummary, VaultApi } from '../session/contract.ts';

/** The link of an id; E_NOT_FOUND when the log has none. */
export function linkOf(session: Session, linkId: string): LinkState {
  const link = session.vault.state.links.get(linkId);
  if (link === undefined) throw new HoldfastError('E_NOT_FOUND', 'no such link');
  return link;
}

function summary(session: Session, link: LinkState, row: LinkRow | undefined, shareOrigin: string): LinkSummary {
  const node = nodeById(session.vault.state, toHex(link.fileId));
  return {
    linkId: toHex(link.secret),
    url: linkUrl(shareOrigin, link),
    name: link.name,
    kind: node?.kind === NODE_KIND.folder ? 'folder' : 'file',
    size: link.size,
    note: link.note,
    hasPassword: link.hasPassword === 1,
    createdAt: link.createdAt,
    // A link holds to the end of its last day.
    expiresAt: row === undefined || row.expiresDay === null ? null : (row.expiresDay + 1) * DAY_MS - 1,
    maxDownloads: row?.maxDownloads ?? null,
    received: row?.received ?? 0,
    state: row?.state ?? 'missing',
  };
}

/** Newest first. */
export async function listLinks(session: Session): Promise<LinkSummary[]> {
  const { api } = session.ports;
  const [rows, { shareOrigin }] = await Promise.all([api.links(), api.server()]);
  const byLookup = new Map(rows.map((row) => [row.lookup, row]));
  const links = await Promise.all(
    [...session.vault.state.links.values()].map(async (link) =>
      summary(session, link, byLookup.get(toHex(await linkLookup(link.secret))), shareOrigin),
    ),
  );
  return links.sort((a, b) => b.createdAt - a.createdAt);
}

export async function updateLink(session: Session, ...change: Parameters<VaultApi['updateLink']>): Promise<void> {
  const [linkId, expiresInDays, maxDownloads] = change;
  const { api, clock } = session.ports;
  const lookup = toHex(await linkLookup(linkOf(session, linkId).secret));
  const expiresDay = expiresInDays === 'unchanged' ? await lastDay(session, lookup) : expiryDay(clock, expiresInDays);
  await api.updateLink(lookup, { expiresDay, maxDownloads });
}

async function lastDay({ ports }: Session, lookup: string): Promise<number | null> {
  const row = (await ports.api.links()).find((each) => each.lookup === lookup);
  if (row === undefined) throw new HoldfastError('E_NOT_FOUND', 'the server has no such link');
  return row.expiresDay;
}

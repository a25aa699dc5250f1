/** Links as their owner sees them: made, listed, changed, deleted. A deleted link is gone at once and without a trace. */
import { equal, fromHex } from '../../shared/bytes/index.ts';
import { LINK_TICKET_IDLE_MS, type LinkCreateRequest, type LinkList } from '../../shared/protocol/index.ts';
import type { Deps } from './deps.ts';
import { decode, today } from './fields.ts';
import { linkState } from './link-rules.ts';
import type { LinkPolicy, NewLink } from './ports.ts';
import { ifPossible, Refusal } from './refusal.ts';
import { logLimit, vaultOf } from './vaults.ts';

export async function createLink(deps: Deps, accountId: string, request: LinkCreateRequest): Promise<void> {
  const { lookup, vaultId, expiresDay, maxDownloads } = request;
  await vaultOf(deps, accountId, vaultId);
  const link: NewLink = {
    lookup,
    accountId,
    vaultId,
    authHash: fromHex(request.authHash),
    record: decode(request.record),
    createdDay: today(deps.clock),
    expiresDay,
    maxDownloads,
  };
  const outcome = await deps.metadata.createLink(link, logLimit(deps));
  if (outcome === 'quota-exceeded') throw new Refusal('quota-exceeded');
  if (outcome === 'exists' && !(await isRepetition(deps, link))) throw new Refusal('already-exists');
}

/** A client whose answer was lost asks again. */
async function isRepetition(deps: Deps, link: NewLink): Promise<boolean> {
  const existing = await deps.metadata.linkContent(link.accountId, link.lookup);
  return existing !== null && equal(existing.authHash, link.authHash) && equal(existing.record, link.record);
}

export async function listLinks(deps: Deps, accountId: string): Promise<LinkList> {
  const now = deps.clock.now();
  await settleTickets(deps);
  const links = await deps.metadata.linksOf(accountId);
  return {
    links: links.map((link) => ({
      lookup: link.lookup,
      createdDay: link.createdDay,
      expiresDay: link.expiresDay,
      maxDownloads: link.maxDownloads,
      received: link.received,
      abandoned: link.abandoned,
      failures: link.failures,
      state: linkState(link, now),
    })),
  };
}

export async function editLink(deps: Deps, accountId: string, lookup: string, policy: LinkPolicy): Promise<void> {
  if (!(await deps.metadata.setLinkPolicy(accountId, lookup, policy))) throw new Refusal('not-found');
}

export async function deleteLink(deps: Deps, accountId: string, lookup: string): Promise<void> {
  if (!(await deps.metadata.deleteLink(accountId, lookup))) throw new Refusal('not-found');
}

/** Downloads that stopped asking are over; whoever counts downloads settles them first. */
export function settleTickets(deps: Deps): Promise<void> {
  return ifPossible(deps.metadata.settleTickets(deps.clock.now() - LINK_TICKET_IDLE_MS));
}

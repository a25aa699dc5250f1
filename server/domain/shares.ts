/** Links as their recipient meets them: a proof opens the record, a ticket reserves one download and reads packs. */
import type { ShareRecord } from '../../shared/protocol/index.ts';
import type { Deps } from './deps.ts';
import { decode, encode, sha256, tokenHash } from './fields.ts';
import { downloadsLeft } from './link-rules.ts';
import { settleTickets } from './links.ts';
import { type OpenedPack, openPack } from './packs.ts';
import type { ProofOutcome } from './ports.ts';
import { ifPossible, Refusal } from './refusal.ts';

interface Proof {
  readonly lookup: string;
  /** 32 bytes made from the link's secret and its password. */
  readonly auth: string;
}

export async function openShare(deps: Deps, proof: Proof): Promise<ShareRecord> {
  const { link, record } = await prove(deps, proof, null);
  return { record: encode(record), expiresDay: link.expiresDay, downloadsLeft: downloadsLeft(link) };
}

/** Taking the same ticket again is harmless, as long as its download goes on. */
export async function takeTicket(deps: Deps, proof: Proof, ticket: string): Promise<void> {
  decode(ticket, 32);
  await prove(deps, proof, tokenHash(ticket));
}

async function prove(
  deps: Deps,
  { lookup, auth }: Proof,
  ticketHash: Uint8Array<ArrayBuffer> | null,
): Promise<Extract<ProofOutcome, { outcome: 'proven' }>> {
  await settleTickets(deps);
  const authHash = sha256(decode(auth, 32));
  const result = await deps.metadata.proveLink({ lookup, authHash, now: deps.clock.now(), ticketHash });
  switch (result.outcome) {
    case 'proven':
      return result;
    case 'gone':
      throw new Refusal('link-gone');
    case 'wrong':
      throw new Refusal('link-password');
    case 'locked':
      throw new Refusal('link-locked');
  }
}

export async function openSharedPack(
  deps: Deps,
  ticket: string,
  packId: string,
  range: (size: number) => { start: number; end: number },
): Promise<OpenedPack> {
  await settleTickets(deps);
  const hash = tokenHash(ticket);
  const vaultId = await deps.metadata.ticketVault(hash);
  if (vaultId === null) throw new Refusal('link-gone');
  if ((await deps.metadata.packSize(vaultId, packId)) === null) throw new Refusal('not-found');
  await ifPossible(deps.metadata.touchTicket(hash, deps.clock.now()));
  // counted apart, so that who holds a link cannot keep the vault's owner from it
  return openPack(deps, vaultId, packId, range, `links of ${vaultId}`);
}

export async function completeShare(deps: Deps, ticket: string): Promise<void> {
  if (!(await deps.metadata.completeTicket(tokenHash(ticket)))) throw new Refusal('link-gone');
}

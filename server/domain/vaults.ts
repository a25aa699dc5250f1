/** Vaults: append-only logs with a compare-and-set head. The server sees sizes and hashes, nothing of what they say. */
import { fromHex, toHex } from '../../shared/bytes/index.ts';
import {
  type AccountInfo,
  type AppendRequest,
  ENTRY_CLASSES,
  entryHashInput,
  type Head,
  type LogPage,
  MAX_APPEND_BYTES,
  MAX_ENTRIES_PER_READ,
  type VaultList,
} from '../../shared/protocol/index.ts';
import type { Deps } from './deps.ts';
import { decode, encode, sha256, today } from './fields.ts';
import type { VaultRecord } from './ports.ts';
import { Refusal } from './refusal.ts';

/** Where every chain begins. */
export const GENESIS: Head = { seq: 0, hash: '0'.repeat(64) };

/** Bodies of one page; a longer log comes in several. */
const PAGE_BYTES = 4 * 1_048_576;

/**
 * Logs and links may go this far beyond the quota, so that an account that is full of packs can still be tidied up and
 * its last backup be committed.
 */
const LOG_SLACK_BYTES = 64 * 1_048_576;

export function logLimit(deps: Deps): number {
  return deps.settings.quotaBytes + LOG_SLACK_BYTES;
}

const CLASSES: ReadonlySet<number> = new Set(ENTRY_CLASSES);

/** Bytes of an entry's body, which is padded to exactly a class. */
export function entryBody(text: string): Uint8Array<ArrayBuffer> {
  const body = decode(text);
  if (!CLASSES.has(body.length)) throw new Refusal('bad-request');
  return body;
}

/** The head after appending bodies to a head. */
export function headAfter(vaultId: string, from: Head, bodies: readonly Uint8Array[]): Head {
  const vault = fromHex(vaultId);
  let { seq } = from;
  let hash = fromHex(from.hash);
  for (const body of bodies) {
    seq += 1;
    hash = sha256(entryHashInput(vault, seq, hash, sha256(body)));
  }
  return { seq, hash: toHex(hash) };
}

/** The vault, if it is the account's; another's is as unknown as none. */
export async function vaultOf(deps: Deps, accountId: string, vaultId: string): Promise<VaultRecord> {
  const vault = await deps.metadata.vaultOf(accountId, vaultId);
  if (vault === null) throw new Refusal('not-found');
  return vault;
}

export async function listVaults(deps: Deps, accountId: string): Promise<VaultList> {
  const vaults = await deps.metadata.vaultsOf(accountId);
  return { vaults: vaults.map(({ vaultId, kind, head }) => ({ vaultId, kind, head })) };
}

export async function readLog(
  deps: Deps,
  accountId: string,
  vaultId: string,
  { after, limit = MAX_ENTRIES_PER_READ }: { after: number; limit?: number },
): Promise<LogPage> {
  const { head } = await vaultOf(deps, accountId, vaultId);
  const entries = await deps.metadata.entries(vaultId, after, limit, PAGE_BYTES);
  return { entries: entries.map(({ body, day }) => ({ body: encode(body), day })), head };
}

export async function appendToLog(
  deps: Deps,
  accountId: string,
  vaultId: string,
  expected: Head,
  request: AppendRequest,
): Promise<Head> {
  await vaultOf(deps, accountId, vaultId);
  const bodies = request.entries.map(({ body }) => entryBody(body));
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0);
  if (bytes > MAX_APPEND_BYTES) throw new Refusal('too-large');
  const head = headAfter(vaultId, expected, bodies);
  const result = await deps.metadata.append({
    accountId,
    vaultId,
    expected,
    bodies,
    head,
    requires: request.requires,
    day: today(deps.clock),
    byteLimit: logLimit(deps),
  });
  switch (result.outcome) {
    case 'appended':
      return head;
    case 'head-moved':
      throw new Refusal('head-moved', { head: result.head });
    case 'packs-missing':
      throw new Refusal('packs-missing', { missing: result.missing });
    case 'quota-exceeded':
      throw new Refusal('quota-exceeded');
  }
}

export async function accountInfo(deps: Deps, accountId: string): Promise<AccountInfo> {
  const account = await deps.metadata.accountById(accountId);
  if (account === null) throw new Refusal('unauthorized');
  const { usedBytes, packs, createdDay } = account;
  return { accountId, usedBytes, quotaBytes: deps.settings.quotaBytes, packs, createdDay };
}

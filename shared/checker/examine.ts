/** One pack, read whole and checked against its name, the index and every chunk in it. */
import { type Bytes, equal, toHex } from '../bytes/index.ts';
import { type DomainKeys, sha256 } from '../crypto/index.ts';
import { codeOf, type ErrorCode, integrityError } from '../errors/index.ts';
import { chunkKey, openChunkById, type PackRow, readPackFooter } from '../format/index.ts';
import { chunkPlace, type PackPlace, type VaultState } from '../vault/index.ts';

/**
 * What is wrong with a pack, the first that was found:
 *
 * - `missing`: the server does not give it, or not a whole one
 * - `changed`: its bytes are not those that were sent
 * - `footer`: its own list of chunks is not what the index says
 * - `chunk`: a chunk in it does not open to what its id says
 */
export type Damage = 'missing' | 'changed' | 'footer' | 'chunk';

export interface Verdict {
  readonly packId: string;
  /** Null: read back whole and verified. */
  readonly damage: Damage | null;
}

export interface ExamineDeps {
  readonly state: VaultState;
  readonly domain: DomainKeys;
  /** Index key of the vault, 32 bytes. */
  readonly indexKey: Bytes;
}

/** A pack's own faults; every other failure is of the road and says nothing about the pack. */
export const FAULTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['E_INTEGRITY', 'E_NOT_FOUND', 'E_PROTOCOL']);

/** `bytes`: the whole pack as the server gave it, null if it did not. `rows`: how many chunks the index places in it. */
export async function examine(
  deps: ExamineDeps,
  pack: PackPlace,
  bytes: Bytes | null,
  rows: number,
): Promise<Damage | null> {
  if (bytes === null) return 'missing';
  if (bytes.length !== pack.size || toHex(await sha256(bytes)) !== pack.id) return 'changed';
  const footer = await unlessFaulty(() => checkedFooter(deps, pack, bytes, rows));
  if (footer === null) return 'footer';
  for (const row of footer) if ((await unlessFaulty(() => open(deps, bytes, row))) === null) return 'chunk';
  return null;
}

/** Null for a fault of the pack. Errors: those of the road. */
export async function unlessFaulty<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (FAULTS.has(codeOf(error))) return null;
    throw error;
  }
}

/** The footer's rows; E_INTEGRITY unless it says of each chunk that the index places here what the index says. */
async function checkedFooter(
  { state, domain, indexKey }: ExamineDeps,
  pack: PackPlace,
  bytes: Bytes,
  rows: number,
): Promise<readonly PackRow[]> {
  const footer = await readPackFooter(domain, indexKey, bytes);
  let found = 0;
  for (const { cid, off, len, salt } of footer) {
    const place = chunkPlace(state, cid);
    // A chunk that two devices sent at a time counts where the index first saw it.
    if (place?.pack.id !== pack.id) continue;
    if (place.off !== off || place.len !== len || !equal(place.salt, salt)) throw integrityError();
    found++;
  }
  if (found !== rows) throw integrityError();
  return footer;
}

async function open({ domain }: ExamineDeps, pack: Bytes, { cid, off, len, salt }: PackRow): Promise<Bytes> {
  return openChunkById(domain, await chunkKey(domain, cid, salt), pack.subarray(off, off + len));
}

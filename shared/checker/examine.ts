/** One pack, read whole and checked against its name, the index and every chunk in it. */
import { type Bytes, equal, toHex } from '../bytes/index.ts';
import { type DomainKeys, sha256 } from '../crypto/index.ts';
import { codeOf, integrityError } from '../errors/index.ts';
import { chunkKey, openChunkById, type PackRow, readPackFooter } from '../format/index.ts';
import { chunkPlace, PACK_FAULTS, type PackInUse, type VaultState } from '../vault/index.ts';

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

/** `bytes`: the whole pack as the server gave it, null if it did not. */
export async function examine(deps: ExamineDeps, pack: PackInUse, bytes: Bytes | null): Promise<Damage | null> {
  if (bytes === null) return 'missing';
  if (bytes.length !== pack.size || toHex(await sha256(bytes)) !== pack.id) return 'changed';
  const footer = await unlessFaulty(() => checkedFooter(deps, pack, bytes));
  if (footer === null) return 'footer';
  for (const row of footer) if ((await unlessFaulty(() => open(deps, bytes, row))) === null) return 'chunk';
  return null;
}

/** Null for a fault of the pack. Errors: those of the road. */
export async function unlessFaulty<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (PACK_FAULTS.has(codeOf(error))) return null;
    throw error;
  }
}

/** The footer's rows; E_INTEGRITY unless it says of each chunk that the index places here what the index says. */
export async function checkedFooter(
  { state, domain, indexKey }: ExamineDeps,
  pack: PackInUse,
  bytes: Bytes,
): Promise<readonly PackRow[]> {
  const footer = await readPackFooter(domain, indexKey, bytes);
  let found = 0;
  for (const { cid, off, len, salt } of footer) {
    const place = chunkPlace(state, cid);
    // A chunk that was sent again, or by two devices at a time, counts where the index has it now.
    if (place?.pack.id !== pack.id) continue;
    if (place.off !== off || place.len !== len || !equal(place.salt, salt)) throw integrityError();
    found++;
  }
  if (found !== pack.chunks) throw integrityError();
  return footer;
}

async function open({ domain }: ExamineDeps, pack: Bytes, { cid, off, len, salt }: PackRow): Promise<Bytes> {
  return openChunkById(domain, await chunkKey(domain, cid, salt), pack.subarray(off, off + len));
}

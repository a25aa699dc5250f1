/** Packs: named by their SHA-256, of four exact sizes, in the database only after they are durable on disk. */
import { PACK_CLASSES } from '../../shared/protocol/index.ts';
import type { Deps } from './deps.ts';
import { today } from './fields.ts';
import { Refusal } from './refusal.ts';
import { accountInfo, vaultOf } from './vaults.ts';

const CLASSES: ReadonlySet<number> = new Set(PACK_CLASSES);

export interface PackAddress {
  readonly accountId: string;
  readonly vaultId: string;
  readonly packId: string;
}

/**
 * Stores a pack unless the vault has it. The source is read to its end unless the request is refused before. Whether the
 * account has room is decided before the first byte and for good: refused afterwards, the pack would stay on the disk
 * uncounted, because it may be another vault's by then.
 */
export async function putPack(
  deps: Deps,
  address: PackAddress,
  size: number,
  source: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { accountId, vaultId, packId } = address;
  await vaultOf(deps, accountId, vaultId);
  if (!CLASSES.has(size)) throw new Refusal('bad-request');
  const known = await deps.metadata.packSize(vaultId, packId);
  if (known === size && (await deps.packs.has(packId, size))) return drain(source);
  // a row without its file is a damaged disk: the same bytes mend it
  if (known !== null) return deps.packs.put(packId, size, source);
  // of those that began before; each is over only when it is counted
  const underWay = deps.uploads.of(accountId);
  const done = deps.uploads.add(accountId, size);
  try {
    const { usedBytes } = await accountInfo(deps, accountId);
    if (usedBytes + underWay + size > deps.settings.quotaBytes) throw new Refusal('quota-exceeded');
    await deps.packs.put(packId, size, source);
    await deps.metadata.addPack({ ...address, size, day: today(deps.clock) });
  } finally {
    done();
  }
}

async function drain(source: AsyncIterable<Uint8Array>): Promise<void> {
  const blocks = source[Symbol.asyncIterator]();
  while ((await blocks.next()).done !== true);
}

export interface OpenedPack {
  readonly size: number;
  /** Bytes from `start` to `end`, exclusive. */
  readonly start: number;
  readonly end: number;
  readonly blocks: AsyncIterable<Uint8Array>;
}

/** A pack of a vault, or the part of it that `range` names once the size is known. The caller has checked the vault. */
export async function openPack(
  deps: Deps,
  vaultId: string,
  packId: string,
  range: (size: number) => { start: number; end: number },
): Promise<OpenedPack> {
  const size = await deps.metadata.packSize(vaultId, packId);
  if (size === null) throw new Refusal('not-found');
  const { start, end } = range(size);
  const blocks = await deps.packs.get(packId, size, start, end);
  if (blocks === null) throw new Refusal('pack-damaged');
  return { size, start, end, blocks };
}

/** Packs: named by their SHA-256, of four exact sizes, in the database only after they are durable on disk. */
import { PACK_CLASSES } from '../../shared/protocol/index.ts';
import type { Deps } from './deps.ts';
import { today } from './fields.ts';
import { Refusal } from './refusal.ts';
import { accountInfo, vaultOf } from './vaults.ts';

/** An answer holds no more of its pack than the block on its way and the next. */
const ANSWER_BYTES = 2 * 1_048_576;
/** What the answers of a vault may hold together, taken or not. Our clients ask for a dozen packs at a time. */
const ANSWERS_BYTES = 32 * ANSWER_BYTES;
const ANSWERS_RETRY_MS = 1_000;

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

/**
 * A pack of a vault, or the part of it that `range` names once the size is known. The caller has checked the vault, reads
 * the blocks to their end or returns them, and says to whom their memory is counted.
 */
export async function openPack(
  deps: Deps,
  vaultId: string,
  packId: string,
  range: (size: number) => { start: number; end: number },
  reader = vaultId,
): Promise<OpenedPack> {
  const size = await deps.metadata.packSize(vaultId, packId);
  if (size === null) throw new Refusal('not-found');
  const { start, end } = range(size);
  const held = Math.min(end - start, ANSWER_BYTES);
  if (deps.answers.of(reader) + held > ANSWERS_BYTES) {
    throw new Refusal('rate-limited', { retryAfterMs: ANSWERS_RETRY_MS });
  }
  const done = deps.answers.add(reader, held);
  try {
    const blocks = await deps.packs.get(packId, size, start, end);
    if (blocks === null) throw new Refusal('pack-damaged');
    return { size, start, end, blocks: ended(blocks, done) };
  } catch (error) {
    done();
    throw error;
  }
}

async function* ended<T>(items: AsyncIterable<T>, done: () => void): AsyncGenerator<T> {
  try {
    yield* items;
  } finally {
    done();
  }
}

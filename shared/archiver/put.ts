/** Seals packs and sends them, a bounded number at a time, and remembers which are durable and not yet in the index. */
import { Budget } from '../async/index.ts';
import { addBallast, BufferPool, type Bytes, toHex } from '../bytes/index.ts';
import { MAX_PACKS_UNDER_WAY } from '../client/index.ts';
import { sha256 } from '../crypto/index.ts';
import { AUDIT_SALT_BYTES, makeAuditTokens, type PackBlob, sealPack } from '../format/index.ts';
import { MAX_PACK } from '../protocol/index.ts';
import type { ArchiverDeps, SentPack } from './deps.ts';

export interface Sender {
  put(blobs: readonly PackBlob[]): Promise<{ durable: Promise<void> }>;
  /** Packs on the server's disk that the log does not name yet and that were not taken before. */
  takeDurable(): SentPack[];
  /** How many `takeDurable` would give. */
  waiting(): number;
  readonly sent: { bytes: number; packs: number };
}

export function createSender(deps: ArchiverDeps, signal: AbortSignal): Sender {
  const { vaultId } = deps.vault;
  const slots = new Budget(MAX_PACKS_UNDER_WAY);
  const buffers = new BufferPool(MAX_PACK, MAX_PACKS_UNDER_WAY);
  let durable: SentPack[] = [];
  const sent = { bytes: 0, packs: 0 };

  async function send(blobs: readonly PackBlob[]): Promise<void> {
    const { pack, rows } = await sealPack(
      deps.domain,
      deps.indexKey,
      shuffled(blobs, deps.random),
      (length) => deps.random.bytes(length),
      (length) => (length === MAX_PACK ? buffers.take(length) : new Uint8Array(length)),
    );
    const id = toHex(await sha256(pack));
    const known = { id, size: pack.length, rows };
    // A journal or tokens that cannot be kept save no traffic later; that is no reason to send nothing now.
    const noted = deps.journal.add(vaultId, known).catch(() => undefined);
    const kept = keepTokens(id, pack).catch(() => undefined);
    await Promise.all([noted, kept, deps.api.putPack(vaultId, id, pack, signal)]);
    sent.bytes += pack.length;
    sent.packs++;
    buffers.give(pack);
    addBallast(pack.length);
    durable.push(known);
  }

  async function keepTokens(id: string, pack: Bytes): Promise<void> {
    const tokens = await makeAuditTokens(deps.domain, id, pack, deps.random.bytes(AUDIT_SALT_BYTES));
    await deps.tokens.put(vaultId, id, tokens);
  }

  return {
    sent,
    async put(blobs) {
      const release = await slots.acquire(1, signal);
      return { durable: send(blobs).finally(release) };
    },
    takeDurable() {
      const taken = durable;
      durable = [];
      return taken;
    },
    waiting: () => durable.length,
  };
}

/** Fisher–Yates. Order inside a pack only has to be uninformative, so the small modulo bias does not matter. */
function shuffled<T>(items: readonly T[], random: ArchiverDeps['random']): T[] {
  const out = [...items];
  const words = new Uint32Array(random.bytes(4 * out.length).buffer);
  for (let i = out.length - 1; i > 0; i--) {
    const j = (words[i] as number) % (i + 1);
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}

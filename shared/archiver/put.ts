/** Seals packs and sends them, a bounded number at a time, and remembers which are durable and not yet in the index. */
import { Budget } from '../async/index.ts';
import { toHex } from '../bytes/index.ts';
import { sha256 } from '../crypto/index.ts';
import { type PackRow, sealPack } from '../format/index.ts';
import type { ArchiverDeps } from './deps.ts';
import type { Blob } from './pack.ts';

/** Packs being sent at one time: with the open ones about 28 MiB. */
const IN_FLIGHT = 4;

/** A pack on the server's disk that the log does not name yet. */
export interface DurablePack {
  readonly id: string;
  readonly size: number;
  readonly rows: readonly PackRow[];
}

export interface Sender {
  put(blobs: readonly Blob[]): Promise<{ durable: Promise<void> }>;
  /** Durable packs since the last call. */
  takeDurable(): DurablePack[];
  /** How many `takeDurable` would give. */
  waiting(): number;
  readonly sent: { bytes: number; packs: number };
}

export function createSender(deps: ArchiverDeps, signal: AbortSignal): Sender {
  const slots = new Budget(IN_FLIGHT);
  let durable: DurablePack[] = [];
  const sent = { bytes: 0, packs: 0 };

  async function send(blobs: readonly Blob[]): Promise<void> {
    const { pack, rows } = await sealPack(deps.domain, deps.indexKey, shuffled(blobs, deps.random), (n) =>
      deps.random.bytes(n),
    );
    const id = toHex(await sha256(pack));
    await deps.api.putPack(deps.vault.vaultId, id, pack, signal);
    sent.bytes += pack.length;
    sent.packs++;
    durable.push({ id, size: pack.length, rows });
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

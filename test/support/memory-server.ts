/** The shelf in memory: log with compare-and-set and packs by hash, with doors for a test to make it evil or absent. */
import { createHmac } from 'node:crypto';
import type { PackApi } from '../../shared/archiver/index.ts';
import { type Bytes, fromHex, toHex } from '../../shared/bytes/index.ts';
import { sha256 } from '../../shared/crypto/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import { AUDIT_MAC_BYTES, challengedRange, type Head } from '../../shared/protocol/index.ts';
import { entryHash, type LogApi } from '../../shared/vault/index.ts';

export class MemoryServer implements LogApi, PackApi {
  readonly bodies: Bytes[] = [];
  readonly packs = new Map<string, Bytes>();
  head: Head = { seq: 0, hash: '00'.repeat(32) };
  /** Called before every request; throw to fail it. */
  before: (call: 'readLog' | 'append' | 'putPack' | 'pack' | 'challengePacks') => void | Promise<void> = () => {};
  /** Called after an append or put took effect; throw to lose the answer. */
  after: (call: 'append' | 'putPack') => void = () => {};
  puts = 0;

  async readLog(_vault: string, after: number, limit = 256) {
    await this.before('readLog');
    const entries = this.bodies.slice(after, after + limit).map((body) => ({ body, day: 20_000 }));
    return { entries, head: this.head };
  }

  async append(vault: string, head: Head, bodies: readonly Bytes[], requires: readonly string[]) {
    await this.before('append');
    const next = await headAfter(vault, head, bodies);
    const missing = requires.filter((id) => !this.packs.has(id));
    if (missing.length > 0) return { ok: false as const, reason: 'packs-missing' as const, missing };
    if (head.seq !== this.head.seq || head.hash !== this.head.hash) {
      return { ok: false as const, reason: 'head-moved' as const, head: this.head };
    }
    this.bodies.push(...bodies);
    this.head = next;
    this.after('append');
    return { ok: true as const, head: this.head };
  }

  async putPack(_vault: string, id: string, pack: Bytes) {
    await this.before('putPack');
    if (toHex(await sha256(pack)) !== id) throw new HoldfastError('E_INTEGRITY', 'hash');
    this.puts++;
    this.packs.set(id, pack.slice());
    this.after('putPack');
  }

  async packsMissing(_vault: string, ids: readonly string[]) {
    return ids.filter((id) => !this.packs.has(id));
  }

  async challengePacks(_vault: string, challenges: readonly { packId: string; key: Bytes }[]) {
    await this.before('challengePacks');
    return challenges.map(({ packId, key }) => this.macOf(packId, key));
  }

  macOf(packId: string, key: Bytes): Bytes | null {
    const pack = this.packs.get(packId);
    if (pack === undefined) return null;
    const { start, end } = challengedRange(key, pack.length);
    const mac = createHmac('sha256', key).update(pack.subarray(start, end)).digest();
    return new Uint8Array(mac.subarray(0, AUDIT_MAC_BYTES));
  }

  async pack(_vault: string, id: string, range?: { start: number; end: number }) {
    await this.before('pack');
    const pack = this.packs.get(id);
    if (pack === undefined) throw new HoldfastError('E_NOT_FOUND', 'no such pack');
    return range === undefined ? pack.slice() : pack.slice(range.start, range.end);
  }
}

async function headAfter(vault: string, head: Head, bodies: readonly Bytes[]): Promise<Head> {
  let at = head;
  for (const body of bodies) {
    const place = { vaultId: fromHex(vault), seq: at.seq + 1, prev: fromHex(at.hash) };
    at = { seq: place.seq, hash: toHex(await entryHash(place, body)) };
  }
  return at;
}

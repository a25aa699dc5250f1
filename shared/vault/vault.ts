/**
 * One vault as this device sees it: reads the log, verifies every entry, keeps the state, appends with rebase. The head
 * this device has verified is pinned in its key store: a server that shows less is E_ROLLBACK, one that shows something
 * else is E_FORK. One instance serialises its own work; other tabs and devices meet at the server's compare-and-set.
 */
import { backoff, createMutex } from '../async/index.ts';
import type { Clock, Random } from '../async/ports.ts';
import { type Bytes, fromHex, toHex } from '../bytes/index.ts';
import type { AppendOutcome, LogEntries } from '../client/index.ts';
import { codeOf, HoldfastError, integrityError } from '../errors/index.ts';
import { MAX_OPS, type Op, opSize, roomInClass, sealEntry } from '../format/index.ts';
import { ENTRY_CLASSES, type Head, MAX_APPEND_BYTES, MAX_ENTRIES_PER_APPEND, MAX_ENTRIES_PER_READ } from '../protocol/index.ts';
import { applyEntry } from './apply.ts';
import type { HeadStore, PinnedHead } from './ports.ts';
import { emptyState, type VaultState } from './state.ts';
import { entryHash, verifyNext } from './verify.ts';

/** The log's two calls, as the API client offers them. */
export interface LogApi {
  readLog(vaultId: string, after: number, limit?: number, signal?: AbortSignal): Promise<LogEntries>;
  append(
    vaultId: string,
    head: Head,
    bodies: readonly Bytes[],
    requires: readonly string[],
    signal?: AbortSignal,
  ): Promise<AppendOutcome>;
}

export interface VaultPorts {
  readonly api: LogApi;
  readonly keyStore: HeadStore;
  readonly clock: Clock;
  readonly random: Random;
}

export interface VaultWriter {
  /** 16 bytes. */
  readonly deviceId: Bytes;
  readonly signingKey: CryptoKey;
  /** The operation that introduces this device; sent with its first entry in the vault. */
  certificate(): Promise<Op>;
}

/** What to append, given the state it will extend. Called again after every rebase, so it must look before it adds. */
export type BuildOps = (state: VaultState) => Promise<readonly Op[]> | readonly Op[];

export interface Vault {
  readonly vaultId: string;
  /** Live; changes only inside `pull` and `append`. */
  readonly state: VaultState;
  /** Reads and verifies what is new. Answers whether anything was. */
  pull(signal?: AbortSignal): Promise<boolean>;
  /**
   * Appends what `build` answers, all or nothing per call of the server, rebasing when another device was first.
   * `requires` are packs that must be durable. E_PACKS_MISSING when one is not; E_HEAD_MOVED after many lost races.
   */
  append(build: BuildOps, requires: readonly string[], signal?: AbortSignal): Promise<void>;
}

const MAX_RACES = 12;
/** Entries are filled up to this class, so that a batch of file versions costs one of them. */
const TARGET_CLASS = ENTRY_CLASSES[2];

/** Opens a vault from the entries kept on this device; `pull` brings it up to date. */
export async function openVault(ports: VaultPorts, vaultIdHex: string, logKey: Bytes, writer: VaultWriter): Promise<Vault> {
  const vaultId = fromHex(vaultIdHex);
  let state = emptyState();
  // Set when a signed entry did not fit: the state may be half changed and is not used again.
  let broken: unknown = null;
  const mutex = createMutex();

  async function extend(body: Bytes, pinned: PinnedHead | null): Promise<void> {
    if (broken !== null) throw broken;
    const { entry, hash } = await verifyNext(state, vaultId, logKey, body);
    if (pinned?.seq === state.seq + 1 && pinned.hash !== toHex(hash)) throw fork();
    try {
      applyEntry(state, entry, state.seq + 1, hash);
    } catch (error) {
      broken = error;
      throw error;
    }
  }

  /** The cache is only a cache: when it does not verify, the log is read from its start. */
  async function openCache(): Promise<void> {
    try {
      for (const body of await ports.keyStore.cachedEntries(vaultIdHex, 0)) await extend(body, null);
    } catch (error) {
      if (codeOf(error) !== 'E_INTEGRITY') throw error;
      state = emptyState();
      broken = null;
    }
  }

  async function pullNow(signal?: AbortSignal): Promise<boolean> {
    const before = state.seq;
    // Read before asking: another tab may pin a newer head while the answer is on its way.
    const pinned = await ports.keyStore.pinnedHead(vaultIdHex);
    for (;;) {
      const page = await ports.api.readLog(vaultIdHex, state.seq, MAX_ENTRIES_PER_READ, signal);
      if (page.head.seq < Math.max(state.seq, pinned?.seq ?? 0)) throw rollback(page.head.seq);
      const firstSeq = state.seq + 1;
      for (const { body } of page.entries) await extend(body, pinned);
      const bodies = page.entries.map(({ body }) => body);
      if (bodies.length > 0) await ports.keyStore.cacheEntries(vaultIdHex, firstSeq, bodies);
      if (state.seq === page.head.seq && toHex(state.hash) !== page.head.hash) throw fork();
      if (state.seq >= page.head.seq) break;
      if (bodies.length === 0) throw integrityError();
    }
    if (state.seq > (pinned?.seq ?? 0)) await ports.keyStore.pinHead(vaultIdHex, { seq: state.seq, hash: toHex(state.hash) });
    return state.seq !== before;
  }

  async function sealAll(groups: readonly (readonly Op[])[]): Promise<Bytes[]> {
    const bodies: Bytes[] = [];
    let place = { vaultId, seq: state.seq + 1, prev: state.hash };
    for (const ops of groups) {
      const entry = { device: writer.deviceId, grant: 0, t: ports.clock.now(), seen: [], ops };
      const body = await sealEntry(logKey, place, entry, writer.signingKey, ports.random.bytes(32));
      bodies.push(body);
      place = { vaultId, seq: place.seq + 1, prev: await entryHash(place, body) };
    }
    return bodies;
  }

  async function accept(bodies: readonly Bytes[]): Promise<void> {
    const firstSeq = state.seq + 1;
    for (const body of bodies) await extend(body, null);
    await ports.keyStore.cacheEntries(vaultIdHex, firstSeq, bodies);
    await ports.keyStore.pinHead(vaultIdHex, { seq: state.seq, hash: toHex(state.hash) });
  }

  async function appendNow(build: BuildOps, requires: readonly string[], signal?: AbortSignal): Promise<void> {
    for (let race = 0; race < MAX_RACES; race++) {
      const wanted = await build(state);
      if (wanted.length === 0) return;
      const introduced = state.devices.has(toHex(writer.deviceId));
      const groups = groupOps(introduced ? wanted : [await writer.certificate(), ...wanted]);
      const bodies = takeBodies(await sealAll(groups.slice(0, MAX_ENTRIES_PER_APPEND)));
      const head = { seq: state.seq, hash: toHex(state.hash) };
      const outcome = await ports.api.append(vaultIdHex, head, bodies, requires, signal);
      if (outcome.ok) {
        await accept(bodies);
        // More than one call's worth: the next round builds the rest upon what was just accepted.
        if (bodies.length < groups.length) race = -1;
        else return;
      } else if (outcome.reason === 'packs-missing') {
        throw new HoldfastError('E_PACKS_MISSING', `${outcome.missing.length} packs are not on the server`);
      } else {
        await ports.clock.sleep(backoff(race, ports.random.bytes(1)[0] as number / 256, { baseMs: 50, capMs: 2_000 }), signal);
        await pullNow(signal);
      }
    }
    throw new HoldfastError('E_HEAD_MOVED', 'other devices kept committing first');
  }

  await openCache();
  return {
    vaultId: vaultIdHex,
    get state() {
      return state;
    },
    pull: (signal) => mutex(() => pullNow(signal)),
    append: (build, requires, signal) => mutex(() => appendNow(build, requires, signal)),
  };
}

/** Splits operations into entries of at most MAX_OPS that fill a class; a single large operation gets its own entry. */
export function groupOps(ops: readonly Op[]): Op[][] {
  const groups: Op[][] = [];
  let room = 0;
  for (const op of ops) {
    const size = opSize(op);
    const last = groups[groups.length - 1];
    if (last !== undefined && last.length < MAX_OPS && size <= room) {
      last.push(op);
      room -= size;
    } else {
      groups.push([op]);
      room = roomInClass(TARGET_CLASS) - size;
    }
  }
  return groups;
}

/** The longest run of bodies that one append may carry. */
function takeBodies(bodies: readonly Bytes[]): Bytes[] {
  const taken: Bytes[] = [];
  let sum = 0;
  for (const body of bodies) {
    sum += body.length;
    if (sum > MAX_APPEND_BYTES) break;
    taken.push(body);
  }
  return taken;
}

function rollback(seq: number): HoldfastError {
  return new HoldfastError('E_ROLLBACK', `the server shows entry ${seq}, older than this device has seen`);
}

function fork(): HoldfastError {
  return new HoldfastError('E_FORK', 'the server shows another history than this device has seen');
}

/**
 * One vault as this device sees it: reads the log, verifies every entry, keeps the state, appends with rebase. The head
 * this device has verified is pinned in its key store: a server that shows less is E_ROLLBACK, one that shows something
 * else is E_FORK. One instance serialises its own work; other tabs and devices meet at the server's compare-and-set.
 */
import { backoff, createMutex } from '../async/index.ts';
import type { Clock, Random } from '../async/ports.ts';
import { type Bytes, fromHex, toHex } from '../bytes/index.ts';
import type { AppendOutcome, LogEntries } from '../client/index.ts';
import { codeOf, type ErrorCode, HoldfastError, integrityError } from '../errors/index.ts';
import { type Entry, MAX_OPS, type Op, opSize, roomInClass, sealEntry } from '../format/index.ts';
import {
  ENTRY_CLASSES,
  type Head,
  MAX_APPEND_BYTES,
  MAX_ENTRIES_PER_APPEND,
  MAX_ENTRIES_PER_READ,
} from '../protocol/index.ts';
import { applyEntry } from './apply.ts';
import { openCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { rehearse } from './fits.ts';
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
   * `requires` are packs that must be durable. E_INPUT, and nothing is sent, for what no reader would take; E_PACKS_MISSING when one is not; E_HEAD_MOVED after many lost races.
   */
  append(build: BuildOps, requires: readonly string[], signal?: AbortSignal): Promise<void>;
}

/** A longer tail than this is folded into a checkpoint: it would take longer to verify than the checkpoint to write. */
const CHECKPOINT_ENTRIES = 256;
const CHECKPOINT_BYTES = 4_194_304;

const MAX_RACES = 12;
const RACE_BACKOFF = { baseMs: 50, capMs: 2_000 };
/** Entries are filled up to this class, so that a batch of file versions costs one of them. */
const TARGET_CLASS = ENTRY_CLASSES[2];

/** How an entry fails that is not what was written: a byte flipped on this device's disk must not lock it out. */
const BAD_ENTRY: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['E_INTEGRITY', 'E_DOWNGRADE', 'E_FORK']);

export interface VaultSeals {
  /** Seals entries of the log. */
  readonly log: Bytes;
  /** Seals what this device keeps between runs. */
  readonly cache: Bytes;
}

/** Opens a vault from the state and the entries kept on this device; `pull` brings it up to date. */
export async function openVault(
  ports: VaultPorts,
  vaultId: string,
  seals: VaultSeals,
  writer: VaultWriter,
): Promise<Vault> {
  const vault = new LogVault(ports, vaultId, seals, writer);
  await vault.openCache();
  return vault;
}

/** An entry, its hash, and the body that is on the log or about to be. */
interface Sealed {
  readonly body: Bytes;
  readonly entry: Entry;
  readonly hash: Bytes;
}

class LogVault implements Vault {
  readonly vaultId: string;
  readonly #id: Bytes;
  readonly #ports: VaultPorts;
  readonly #seals: VaultSeals;
  readonly #writer: VaultWriter;
  readonly #exclusively = createMutex();
  #state = emptyState();
  /** What was added since the state was last written down. */
  #tail = { entries: 0, bytes: 0 };
  // Set when a signed entry did not fit: the state may be half changed and is not used again.
  #broken: unknown = null;

  constructor(ports: VaultPorts, vaultId: string, seals: VaultSeals, writer: VaultWriter) {
    this.vaultId = vaultId;
    this.#id = fromHex(vaultId);
    this.#ports = ports;
    this.#seals = seals;
    this.#writer = writer;
  }

  get state(): VaultState {
    return this.#state;
  }

  async pull(signal?: AbortSignal): Promise<boolean> {
    const changed = await this.#exclusively(() => this.#pull(signal), signal);
    this.#keepWhenDue();
    return changed;
  }

  async append(build: BuildOps, requires: readonly string[], signal?: AbortSignal): Promise<void> {
    await this.#exclusively(() => this.#append(build, requires, signal), signal);
    this.#keepWhenDue();
  }

  /** The cache is only a cache: what does not verify is read from the log. */
  async openCache(): Promise<void> {
    const { keyStore } = this.#ports;
    const pinned = await this.#pinned();
    const kept = await openCheckpoint(keyStore, this.vaultId, this.#seals.cache, pinned);
    if (kept !== null) this.#state = kept;
    try {
      for (const body of await keyStore.cachedEntries(this.vaultId, this.#state.seq)) await this.#extend(body, pinned);
    } catch (error) {
      if (!BAD_ENTRY.has(codeOf(error))) throw error;
      // An entry that was refused changed nothing. One that was signed and does not fit may have, and those before one that
      // does not lead to the pinned head are of another history: all is read anew.
      if (this.#broken === null && codeOf(error) !== 'E_FORK') return;
      await keyStore.dropCheckpoint(this.vaultId);
      this.#state = emptyState();
      this.#broken = null;
      this.#tail = { entries: 0, bytes: 0 };
    }
  }

  /** Writes the state down when much was added since the last time, behind whatever is asked next of this vault. */
  #keepWhenDue(): void {
    if (this.#tail.entries < CHECKPOINT_ENTRIES && this.#tail.bytes < CHECKPOINT_BYTES) return;
    // A checkpoint that cannot be kept costs a longer start, never a backup or a restore.
    this.#exclusively(() => this.#keep()).catch(() => {});
  }

  async #keep(): Promise<void> {
    if (this.#broken !== null) return;
    this.#tail = { entries: 0, bytes: 0 };
    const { keyStore } = this.#ports;
    // Two contexts of one device see the same entries; it is enough that one of them writes.
    const there = (await keyStore.checkpoint(this.vaultId))?.seq ?? 0;
    if (this.#state.seq - there < CHECKPOINT_ENTRIES / 2) return;
    await saveCheckpoint(this.#ports, this.vaultId, this.#seals.cache, this.#state);
  }

  #pinned(): Promise<PinnedHead | null> {
    return this.#ports.keyStore.pinnedHead(this.vaultId);
  }

  #head(): Head {
    return { seq: this.#state.seq, hash: toHex(this.#state.hash) };
  }

  async #extend(body: Bytes, pinned: PinnedHead | null): Promise<void> {
    if (this.#broken !== null) throw this.#broken;
    const { entry, hash } = await verifyNext(this.#state, this.#id, this.#seals.log, body);
    if (pinned?.seq === this.#state.seq + 1 && pinned.hash !== toHex(hash)) throw fork();
    this.#apply({ body, entry, hash });
  }

  #apply({ body, entry, hash }: Sealed): void {
    if (this.#broken !== null) throw this.#broken;
    try {
      applyEntry(this.#state, entry, this.#state.seq + 1, hash);
    } catch (error) {
      this.#broken = error;
      throw error;
    }
    this.#tail.entries++;
    this.#tail.bytes += body.length;
  }

  async #pull(signal?: AbortSignal): Promise<boolean> {
    const before = this.#state.seq;
    do {
      // Read before asking: another tab may pin a newer head while the answer is on its way.
      const pinned = await this.#pinned();
      while (!(await this.#pullPage(pinned, signal))) {
        // the next page
      }
      // Until this context is as far as any other of the device: then both have seen the same.
    } while ((await this.#pin(this.#head(), [])).seq > this.#state.seq);
    return this.#state.seq !== before;
  }

  /** Reads one page of the log. Answers whether it reached the head. */
  async #pullPage(pinned: PinnedHead | null, signal?: AbortSignal): Promise<boolean> {
    const head = this.#head();
    const page = await this.#ports.api.readLog(this.vaultId, this.#state.seq, MAX_ENTRIES_PER_READ, signal);
    if (page.head.seq < Math.max(this.#state.seq, pinned?.seq ?? 0)) throw rollback(page.head.seq);
    const bodies = page.entries.map(({ body }) => body);
    const hashes: string[] = [];
    for (const body of bodies) {
      await this.#extend(body, pinned);
      hashes.push(toHex(this.#state.hash));
    }
    await this.#keepEntries(head, bodies, hashes);
    if (this.#state.seq < page.head.seq) {
      if (bodies.length === 0) throw integrityError();
      return false;
    }
    if (this.#head().hash !== page.head.hash) throw fork();
    return true;
  }

  async #append(build: BuildOps, requires: readonly string[], signal?: AbortSignal): Promise<void> {
    for (let race = 0; race < MAX_RACES; ) {
      // Another context of this device was further: what it has seen is not built beside.
      if (((await this.#pinned())?.seq ?? 0) > this.#state.seq) await this.#pull(signal);
      const wanted = await build(this.#state);
      if (wanted.length === 0) return;
      const ops = await this.#introduced(wanted);
      rehearse(this.#state, ops);
      const groups = groupOps(ops);
      const sealed = withinOneCall(await this.#seal(groups.slice(0, MAX_ENTRIES_PER_APPEND)));
      const bodies = sealed.map(({ body }) => body);
      const outcome = await this.#ports.api.append(this.vaultId, this.#head(), bodies, requires, signal);
      if (outcome.ok) {
        await this.#accept(sealed);
        // More than one call's worth: the next round builds the rest upon what was just accepted.
        if (sealed.length === groups.length) return;
        continue;
      }
      if (outcome.reason === 'packs-missing') {
        throw new HoldfastError('E_PACKS_MISSING', `${outcome.missing.length} packs are not on the server`);
      }
      race++;
      await this.#ports.clock.sleep(backoff(race, this.#random01(), RACE_BACKOFF), signal);
      await this.#pull(signal);
    }
    throw new HoldfastError('E_HEAD_MOVED', 'other devices kept committing first');
  }

  /** This device's first entry in the vault carries its certificate. */
  async #introduced(ops: readonly Op[]): Promise<readonly Op[]> {
    const self = this.#state.devices.get(toHex(this.#writer.deviceId));
    // The server would take the entry, for it cannot tell who writes; no device would, and the log would end there.
    if (self?.revoked === true) throw new HoldfastError('E_FORBIDDEN', 'this device was removed from the account');
    if (self !== undefined) return ops;
    return [await this.#writer.certificate(), ...ops];
  }

  async #seal(groups: readonly (readonly Op[])[]): Promise<Sealed[]> {
    const { clock, random } = this.#ports;
    const sealed: Sealed[] = [];
    let place = { vaultId: this.#id, seq: this.#state.seq + 1, prev: this.#state.hash };
    for (const ops of groups) {
      const entry = { device: this.#writer.deviceId, grant: 0, t: clock.now(), seen: [], ops };
      const body = await sealEntry(this.#seals.log, place, entry, this.#writer.signingKey, random.bytes(32));
      const hash = await entryHash(place, body);
      sealed.push({ body, entry, hash });
      place = { ...place, seq: place.seq + 1, prev: hash };
    }
    return sealed;
  }

  /**
   * What this device sealed itself needs no opening: it is applied as it was rehearsed. E_FORK when the log took it in a
   * place where another context of this device has seen something else.
   */
  async #accept(sealed: readonly Sealed[]): Promise<void> {
    const head = this.#head();
    for (const each of sealed) this.#apply(each);
    const bodies = sealed.map(({ body }) => body);
    await this.#keepEntries(
      head,
      bodies,
      sealed.map(({ hash }) => toHex(hash)),
    );
  }

  /** Entries that were applied upon `after`. E_FORK, and this instance is not used again, when another context has seen others. */
  async #keepEntries(after: Head, bodies: readonly Bytes[], hashes: readonly string[]): Promise<void> {
    await this.#pin(after, hashes);
    if (bodies.length > 0) await this.#ports.keyStore.cacheEntries(this.vaultId, after.seq + 1, bodies);
  }

  async #pin(after: Head, hashes: readonly string[]): Promise<PinnedHead> {
    const pinned = await this.#ports.keyStore.pinHead(this.vaultId, after, hashes);
    if (pinned.seq > this.#state.seq || pinned.hash === toHex(this.#state.hash)) return pinned;
    this.#broken ??= fork();
    throw this.#broken;
  }

  #random01(): number {
    return (this.#ports.random.bytes(1)[0] as number) / 256;
  }
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

/** The longest run of entries that one append may carry. */
function withinOneCall(sealed: readonly Sealed[]): readonly Sealed[] {
  let sum = 0;
  const over = sealed.findIndex(({ body }) => {
    sum += body.length;
    return sum > MAX_APPEND_BYTES;
  });
  return over === -1 ? sealed : sealed.slice(0, over);
}

function rollback(seq: number): HoldfastError {
  return new HoldfastError('E_ROLLBACK', `the server shows entry ${seq}, older than this device has seen`);
}

function fork(): HoldfastError {
  return new HoldfastError('E_FORK', 'the server shows another history than this device has seen');
}

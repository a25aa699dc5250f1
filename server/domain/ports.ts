/**
 * What the domain asks of its surroundings: a metadata store, a pack store and a clock. Ids and hashes that name things
 * are lower-case hex, everything else that is bytes is bytes; times are milliseconds, days whole days since 1970. Every
 * method of MetadataStore is one transaction, durable when it resolves. Both stores reject with `server-full` or
 * `unavailable` refusals when the disk does.
 */
import type { Bytes } from '../../shared/bytes/index.ts';
import type { Head } from '../../shared/protocol/index.ts';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export type VaultKind = 'account' | 'personal';
export type ClientKind = 'web' | 'extension';

/** Kinds of wrap that the server tells apart. */
export const WRAP_KIND = { password: 1, recovery: 2, device: 4 } as const;

export interface WrapRecord {
  readonly kind: number;
  readonly epoch: number;
  readonly credentialId: Bytes;
  readonly blob: Bytes;
}

export interface DeviceRecord {
  readonly deviceId: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Bytes;
  /** The server's half of the device's unlock key, 32 bytes. */
  readonly half: Bytes;
}

export interface NewVault {
  readonly vaultId: string;
  readonly kind: VaultKind;
  readonly genesis: Bytes;
  readonly head: Head;
}

export interface NewAccount {
  readonly accountId: string;
  /** HMAC of the normalised login name. */
  readonly nameMac: Bytes;
  /** OPAQUE registration record. */
  readonly record: Bytes;
  readonly day: number;
  readonly wraps: readonly WrapRecord[];
  readonly recovery: { readonly lookup: string; readonly publicKey: Bytes };
  readonly device: DeviceRecord;
  readonly vaults: readonly NewVault[];
}

export interface AccountRecord {
  readonly accountId: string;
  readonly nameMac: Bytes;
  readonly record: Bytes;
  readonly createdDay: number;
  readonly usedBytes: number;
  readonly packs: number;
}

export interface SessionRecord {
  readonly sessionId: string;
  readonly accountId: string;
  readonly client: ClientKind;
  readonly deviceId: string | null;
  readonly createdAt: number;
  readonly lastSeenAt: number;
}

export interface VaultRecord {
  readonly vaultId: string;
  readonly kind: VaultKind;
  readonly head: Head;
}

export interface EntryRecord {
  readonly body: Bytes;
  readonly day: number;
}

export interface Append {
  readonly accountId: string;
  readonly vaultId: string;
  /** The head the first body extends. */
  readonly expected: Head;
  readonly bodies: readonly Bytes[];
  /** The head after the last body. */
  readonly head: Head;
  readonly requires: readonly string[];
  readonly day: number;
  /** The account may hold this many bytes after the append. */
  readonly byteLimit: number;
}

export type AppendOutcome =
  | { readonly outcome: 'appended' }
  | { readonly outcome: 'head-moved'; readonly head: Head }
  | { readonly outcome: 'packs-missing'; readonly missing: readonly string[] }
  | { readonly outcome: 'quota-exceeded' };

export interface NewPack {
  readonly accountId: string;
  readonly vaultId: string;
  readonly packId: string;
  readonly size: number;
  readonly day: number;
}

export interface PackRecord {
  readonly packId: string;
  readonly size: number;
}

export interface LinkPolicy {
  /** The last day on which the link works; null is for ever. */
  readonly expiresDay: number | null;
  readonly maxDownloads: number | null;
}

export interface NewLink extends LinkPolicy {
  readonly lookup: string;
  readonly accountId: string;
  readonly vaultId: string;
  /** SHA-256 of the link's proof. */
  readonly authHash: Bytes;
  readonly record: Bytes;
  readonly createdDay: number;
}

/** A link without its record, which can be large. */
export interface LinkRecord extends Omit<NewLink, 'record'> {
  readonly received: number;
  readonly abandoned: number;
  /** Downloads that are under way. */
  readonly running: number;
  /** Wrong proofs since the owner last set the policy. */
  readonly failures: number;
  /** Start of the hour in which `windowFailures` are counted; 0 when there is none. */
  readonly windowStart: number;
  readonly windowFailures: number;
}

export interface LinkProof {
  readonly lookup: string;
  readonly authHash: Bytes;
  readonly now: number;
  /** Hash of a ticket to reserve one download with, or null to look only. */
  readonly ticketHash: Bytes | null;
}

export type ProofOutcome =
  | { readonly outcome: 'proven'; readonly link: LinkRecord; readonly record: Bytes }
  | { readonly outcome: 'gone' | 'wrong' | 'locked' };

export interface MetadataStore {
  /** Ties the database to this server's secrets while it has no account; after that, whether it is tied to these. */
  bind(check: Bytes): Promise<boolean>;
  /** Whether there is no account. */
  isEmpty(): Promise<boolean>;
  /** Rejects when the database does not answer. */
  probe(): Promise<void>;
  close(): Promise<void>;

  createAccount(account: NewAccount): Promise<'created' | 'name-taken' | 'exists'>;
  accountByName(nameMac: Bytes): Promise<AccountRecord | null>;
  accountById(accountId: string): Promise<AccountRecord | null>;
  /**
   * Replaces record and password wrap, and forgets every session and device of the account but one session and its device.
   * False when that session has ended.
   */
  replacePassword(accountId: string, record: Bytes, wrap: WrapRecord, keepSession: string): Promise<boolean>;
  recoveryByLookup(lookup: string): Promise<{ accountId: string; publicKey: Bytes } | null>;
  deviceById(deviceId: string): Promise<(DeviceRecord & { accountId: string }) | null>;
  /** Adds the device with its wrap and binds the session to it. */
  addDevice(
    session: { accountId: string; sessionId: string },
    device: DeviceRecord,
    wrap: WrapRecord,
    most: number,
  ): Promise<'added' | 'exists' | 'too-many' | 'session-ended'>;
  /** The account's wraps; of the device wraps only this device's. */
  wrapsOf(accountId: string, deviceId: string | null): Promise<readonly WrapRecord[]>;

  /** Opens a session and forgets all that are older than the limits, and the oldest of the device beyond `mostOfDevice`. */
  openSession(session: SessionRecord, tokenHash: Bytes, mostOfDevice: number): Promise<void>;
  sessionByToken(tokenHash: Bytes): Promise<SessionRecord | null>;
  sessionsOf(accountId: string): Promise<readonly SessionRecord[]>;
  touchSession(sessionId: string, now: number): Promise<void>;
  /** Ends the session and forgets its device, so that a lost device cannot open another. False when there is none. */
  endSession(accountId: string, sessionId: string): Promise<boolean>;

  vaultsOf(accountId: string): Promise<readonly VaultRecord[]>;
  /** Null when there is none or it is another account's. */
  vaultOf(accountId: string, vaultId: string): Promise<VaultRecord | null>;
  /** Entries after a sequence number, at least one if there is one, stopping before `maxBytes` of bodies. */
  entries(vaultId: string, after: number, limit: number, maxBytes: number): Promise<readonly EntryRecord[]>;
  append(append: Append): Promise<AppendOutcome>;

  /** Those of the ids that the vault does not have, in the order given. */
  missingPacks(vaultId: string, packIds: readonly string[]): Promise<readonly string[]>;
  packSize(vaultId: string, packId: string): Promise<number | null>;
  /** Gives the vault a pack and charges the account for it, once. */
  addPack(pack: NewPack): Promise<void>;
  /** Every pack once, whatever vaults hold it, in order of id; `after` is the last id of the page before, '' for the first. */
  packs(after: string, limit: number): Promise<readonly PackRecord[]>;

  createLink(link: NewLink, byteLimit: number): Promise<'created' | 'exists' | 'quota-exceeded'>;
  linkContent(accountId: string, lookup: string): Promise<{ authHash: Bytes; record: Bytes } | null>;
  linksOf(accountId: string): Promise<readonly LinkRecord[]>;
  /** Sets the policy and forgets the failures, which unlocks the link. */
  setLinkPolicy(accountId: string, lookup: string, policy: LinkPolicy): Promise<boolean>;
  deleteLink(accountId: string, lookup: string): Promise<boolean>;
  /** Checks a proof, counts it when it is wrong and reserves a download when a new ticket comes with it. */
  proveLink(proof: LinkProof): Promise<ProofOutcome>;
  /** The vault that a ticket may read, or null when the ticket is not alive. */
  ticketVault(ticketHash: Bytes): Promise<string | null>;
  /** Notes that the download fetched something now. */
  touchTicket(ticketHash: Bytes, now: number): Promise<void>;
  completeTicket(ticketHash: Bytes): Promise<boolean>;
  /** Ends the tickets that were last used before this time: abandoned if they fetched something, released if not. */
  settleTickets(idleSince: number): Promise<void>;
}

export interface PackStore {
  /**
   * Stores a pack; durable when it resolves. Storing the same pack twice, also at the same time, is storing it once.
   * Rejects with `bad-request` when the source has another length and `hash-mismatch` when it is not what `packId` says;
   * nothing is left behind then, nor when the source breaks off. The blocks become the store's, which frees their
   * memory.
   */
  put(packId: string, size: number, source: AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * Bytes from `start` to `end` (exclusive) in blocks. Null when there is no such pack of that size. The first block is
   * read before the promise resolves, so that a disk that cannot read says so in time. A block is the reader's until it
   * asks for the next one; then its memory serves again.
   */
  get(packId: string, size: number, start: number, end: number): Promise<AsyncIterable<Uint8Array> | null>;
  has(packId: string, size: number): Promise<boolean>;
  remove(packId: string): Promise<void>;
  list(): AsyncIterable<PackRecord>;
  /** Rejects when nothing can be written. */
  probe(): Promise<void>;
}

/**
 * What callers of the API hand over and get back. It is the wire contract with its base64url fields as bytes; OPAQUE
 * messages stay text, because the library that makes and reads them speaks base64url. Types only.
 */
import type { Bytes } from '../bytes/index.ts';
import type { Client, Head, LinkRow } from '../protocol/index.ts';

/** A sealed copy of the account's root key. Kinds: 1 password, 2 recovery words, 3 passkey, 4 device. */
export interface SealedWrap {
  readonly kind: number;
  readonly epoch: number;
  readonly credentialId: Bytes;
  /** Sealed object of type 0x10, at most 1,024 bytes. */
  readonly blob: Bytes;
}

export interface NewDevice {
  readonly deviceId: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Bytes;
  /** The server's half of the unlock key, 32 bytes. */
  readonly half: Bytes;
  readonly wrap: SealedWrap;
}

export type VaultKind = 'account' | 'personal';

/** What every kind of sign-in answers. */
export interface Grant {
  /** Null for the web, which has a cookie instead. */
  readonly token: string | null;
  readonly sessionId: string;
  readonly accountId: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly wraps: readonly SealedWrap[];
  /** Null until the session has a device. `half` is 32 bytes. */
  readonly device: { readonly deviceId: string; readonly half: Bytes } | null;
  readonly vaults: readonly { readonly vaultId: string; readonly kind: VaultKind }[];
}

export interface Registration {
  readonly name: string;
  /** OPAQUE registration record. */
  readonly record: string;
  readonly accountId: string;
  readonly wraps: readonly SealedWrap[];
  /** `publicKey`: Ed25519, 32 bytes, made from the recovery words. */
  readonly recovery: { readonly lookup: string; readonly publicKey: Bytes };
  readonly device: NewDevice;
  readonly client: Client;
  /** Exactly the account vault and the personal vault, each with the body of its first log entry. */
  readonly vaults: readonly { readonly vaultId: string; readonly kind: VaultKind; readonly genesis: Bytes }[];
}

/** A signed challenge. `signature`: Ed25519 over `challengeInput` of shared/protocol, 64 bytes. */
export interface SignedChallenge {
  readonly challenge: Bytes;
  readonly signature: Bytes;
  readonly client: Client;
}

/** Entries in order: entry i has sequence number `after + 1 + i`. `day` is whole days since 1970, the server's word. */
export interface LogEntries {
  readonly entries: readonly { readonly body: Bytes; readonly day: number }[];
  readonly head: Head;
}

/** The two expected refusals of an append are outcomes, not errors. */
export type AppendOutcome =
  | { readonly ok: true; readonly head: Head }
  | { readonly ok: false; readonly reason: 'head-moved'; readonly head: Head }
  | { readonly ok: false; readonly reason: 'packs-missing'; readonly missing: readonly string[] };

/** An audit's question about one pack: the HMAC under `key` of the range that `key` chooses. */
export interface PackChallenge {
  readonly packId: string;
  /** 32 bytes. */
  readonly key: Bytes;
}

/** Part of a pack in bytes, `end` exclusive; both multiples of RANGE_ALIGN. */
export interface PackRange {
  readonly start: number;
  readonly end: number;
}

/** Days since 1970 and a count; null is "no limit". */
export interface LinkLimits {
  readonly expiresDay: number | null;
  readonly maxDownloads: number | null;
}

export interface NewLink extends LinkLimits {
  readonly lookup: string;
  readonly vaultId: string;
  /** SHA-256 of the link's 32-byte proof, as hex. */
  readonly authHash: string;
  readonly record: Bytes;
}

export type LinkState = LinkRow['state'];

/** What a link's proof opens. */
export interface OpenedLink {
  readonly record: Bytes;
  readonly expiresDay: number | null;
  readonly downloadsLeft: number | null;
}

export interface LinkProof {
  readonly lookup: string;
  /** 32 bytes. */
  readonly auth: Bytes;
}

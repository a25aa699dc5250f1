/**
 * Keys of a share link. The 16-byte secret lives in the URL fragment only; a password takes part in the keys, so neither
 * the server nor a link without its password opens anything. Argon2id (RFC 9106) with the suite's constants.
 */
import { argon2id } from 'hash-wasm';
import { type Bytes, concat, fromBase64url, toBase64url, utf8 } from '../bytes/index.ts';
import { HoldfastError } from '../errors/index.ts';
import { derive } from './kdf.ts';
import { LABELS } from './labels.ts';

const VERSION = 1;
const FLAG_PASSWORD = 1;

export interface LinkSecret {
  /** 16 random bytes. */
  readonly secret: Bytes;
  readonly hasPassword: boolean;
}

export interface LinkKeys {
  /** 16 bytes: where the server finds the record. */
  readonly lookup: Bytes;
  /** 32 bytes: shown to the server, which keeps only its hash. */
  readonly auth: Bytes;
  /** 32 bytes: opens the record. */
  readonly enc: Bytes;
}

/** 24 base64url characters: version, flags, secret. */
export function encodeFragment(link: LinkSecret): string {
  return toBase64url(concat(new Uint8Array([VERSION, link.hasPassword ? FLAG_PASSWORD : 0]), link.secret));
}

/** Parses a fragment without the leading `#`; E_LINK_GONE when it is not one of ours. */
export function decodeFragment(fragment: string): LinkSecret {
  let bytes: Bytes;
  try {
    bytes = fromBase64url(fragment);
  } catch (cause) {
    throw new HoldfastError('E_LINK_GONE', 'not a link of ours', { cause });
  }
  const flags = bytes[1] as number;
  if (bytes.length !== 18 || bytes[0] !== VERSION || (flags & ~FLAG_PASSWORD) !== 0) {
    throw new HoldfastError('E_LINK_GONE', 'not a link of ours');
  }
  return { secret: bytes.slice(2), hasPassword: flags === FLAG_PASSWORD };
}

/** The id that the server finds the link by: 16 bytes of the secret alone. */
export function linkLookup(secret: Uint8Array): Promise<Bytes> {
  return derive(secret, 16, LABELS.linkLookup);
}

/**
 * All keys of a link. `password` counts only when the link has one; 64 MiB and about 0.3 s when it does.
 * E_LINK_PASSWORD for an empty one: it is wrong for every link.
 */
export async function linkKeys(link: LinkSecret, password: string): Promise<LinkKeys> {
  if (link.hasPassword && password === '') throw new HoldfastError('E_LINK_PASSWORD', 'a password is needed');
  const stretched = link.hasPassword
    ? await argon2id({
        password: utf8(password.normalize('NFKC')),
        salt: await derive(link.secret, 16, LABELS.linkPasswordSalt),
        memorySize: 65_536,
        iterations: 3,
        parallelism: 4,
        hashLength: 32,
        outputType: 'binary',
      })
    : new Uint8Array(0);
  const ikm = concat(link.secret, stretched);
  return {
    lookup: await linkLookup(link.secret),
    auth: await derive(ikm, 32, LABELS.linkAuth),
    enc: await derive(ikm, 32, LABELS.linkEnc),
  };
}

/**
 * The sole user of WebCrypto. Small functions over bytes; no policy, no format. Runs in pages, workers and Node alike.
 */
import { BufferPool, type Bytes } from '../bytes/index.ts';
import { integrityError } from '../errors/index.ts';

const subtle = crypto.subtle;

/** Room for the longest chunk and its codec byte. */
const SCRATCH = 4_194_304;

/** WebCrypto wants bytes over a plain ArrayBuffer; a view over shared memory is copied. */
function plain(bytes: Uint8Array): Bytes {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Bytes) : new Uint8Array(bytes);
}

/** SHA-256 (FIPS 180-4): 32 bytes. */
export async function sha256(bytes: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await subtle.digest('SHA-256', plain(bytes)));
}

/** HMAC-SHA-256 key, importable once and used often. */
export function hmacKey(raw: Uint8Array): Promise<CryptoKey> {
  return subtle.importKey('raw', plain(raw), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
}

/** HMAC-SHA-256 (RFC 2104): 32 bytes. */
export async function hmac(key: CryptoKey, bytes: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await subtle.sign('HMAC', key, plain(bytes)));
}

/** HKDF input key, non-extractable. */
export function hkdfKey(raw: Uint8Array): Promise<CryptoKey> {
  return subtle.importKey('raw', plain(raw), 'HKDF', false, ['deriveBits']);
}

/** HKDF-SHA-256 (RFC 5869): `length` bytes. */
export async function hkdf(key: CryptoKey, salt: Uint8Array, infoBytes: Uint8Array, length: number): Promise<Bytes> {
  const params = { name: 'HKDF', hash: 'SHA-256', salt: plain(salt), info: plain(infoBytes) };
  return new Uint8Array(await subtle.deriveBits(params, key, 8 * length));
}

function aesKey(raw: Uint8Array, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  return subtle.importKey('raw', plain(raw), 'AES-GCM', false, [usage]);
}

/**
 * AES-256-GCM of the message that `parts` make together: ciphertext followed by the 16-byte tag. A (key, nonce) pair must
 * be used for one message only.
 */
export async function aeadSeal(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  ...parts: readonly Uint8Array[]
): Promise<Bytes> {
  const params = { name: 'AES-GCM', iv: plain(nonce), additionalData: plain(aad) };
  const aes = await aesKey(key, 'encrypt');
  const message = joined(parts);
  // WebCrypto copies the message before it returns its promise, so the same room serves the next one.
  const sealing = subtle.encrypt(params, aes, message);
  scratch.give(message);
  return new Uint8Array(await sealing);
}

const scratch = new BufferPool(SCRATCH, 1);

function joined(parts: readonly Uint8Array[]): Bytes {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const out = length > SCRATCH ? new Uint8Array(length) : scratch.take(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Opens what `aeadSeal` made; E_INTEGRITY otherwise, whatever the cause. */
export async function aeadOpen(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
): Promise<Bytes> {
  const params = { name: 'AES-GCM', iv: plain(nonce), additionalData: plain(aad) };
  const aes = await aesKey(key, 'decrypt');
  try {
    return new Uint8Array(await subtle.decrypt(params, aes, plain(sealed)));
  } catch (cause) {
    throw integrityError(cause);
  }
}

// DER head of a PKCS#8 Ed25519 private key (RFC 8410); the 32-byte seed follows.
const PKCS8_ED25519 = new Uint8Array([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]);

export interface SigningPair {
  readonly signingKey: CryptoKey;
  /** 32 bytes. */
  readonly publicKey: Bytes;
}

/** Fresh Ed25519 pair (RFC 8032) whose private half can be used and stored, never exported. */
export async function generateSigningPair(): Promise<SigningPair> {
  const pair = (await subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair;
  return { signingKey: pair.privateKey, publicKey: new Uint8Array(await subtle.exportKey('raw', pair.publicKey)) };
}

/** Ed25519 pair of a 32-byte seed: the public half is always re-derived, never taken from storage. */
export async function signingPairOfSeed(seed: Uint8Array): Promise<SigningPair> {
  const pkcs8 = new Uint8Array(PKCS8_ED25519.length + 32);
  pkcs8.set(PKCS8_ED25519);
  pkcs8.set(seed, PKCS8_ED25519.length);
  const extractable = await subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
  const jwk = await subtle.exportKey('jwk', extractable);
  const publicKey = await subtle.importKey('jwk', { kty: 'OKP', crv: 'Ed25519', x: jwk.x as string }, 'Ed25519', true, [
    'verify',
  ]);
  const signingKey = await subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']);
  return { signingKey, publicKey: new Uint8Array(await subtle.exportKey('raw', publicKey)) };
}

/** Ed25519 signature: 64 bytes. */
export async function sign(key: CryptoKey, message: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await subtle.sign('Ed25519', key, plain(message)));
}

/** True when the signature is valid; malformed keys and signatures are simply not valid. */
export async function verify(publicKey: Uint8Array, signature: Uint8Array, message: Uint8Array): Promise<boolean> {
  try {
    const key = await subtle.importKey('raw', plain(publicKey), 'Ed25519', false, ['verify']);
    return await subtle.verify('Ed25519', key, plain(signature), plain(message));
  } catch {
    return false;
  }
}

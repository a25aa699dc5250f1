/** Binary fields of messages: strict base64url of the expected length, and the hashes the server computes. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Bytes } from '../../shared/bytes/index.ts';
import { DAY_MS, normaliseLoginName } from '../../shared/protocol/index.ts';
import type { Clock } from './ports.ts';
import { Refusal } from './refusal.ts';

const own = (buffer: Buffer): Bytes => new Uint8Array(buffer);

/** Bytes of a base64url field; `bad-request` when it is not canonical or not of the given length. */
export function decode(text: string, length?: number): Bytes {
  const buffer = Buffer.from(text, 'base64url');
  if (buffer.toString('base64url') !== text) throw new Refusal('bad-request');
  if (length !== undefined && buffer.length !== length) throw new Refusal('bad-request');
  return own(buffer);
}

export function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

export function sha256(bytes: Uint8Array): Bytes {
  return own(createHash('sha256').update(bytes).digest());
}

/** 256 random bits as base64url: a session token, a challenge. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token, so that a copy of the database opens nothing. */
export function tokenHash(token: string): Bytes {
  return sha256(Buffer.from(token));
}

export function newId(): string {
  return randomBytes(16).toString('hex');
}

/** The normalised login name and the HMAC under which it is stored; `bad-request` when nothing is left of the name. */
export function loginName(nameKey: Uint8Array, raw: string): { name: string; mac: Bytes; userIdentifier: string } {
  const name = normaliseLoginName(raw);
  if (name === '') throw new Refusal('bad-request');
  const mac = own(createHmac('sha256', nameKey).update(name).digest());
  return { name, mac, userIdentifier: Buffer.from(mac).toString('hex') };
}

export function today(clock: Clock): number {
  return Math.floor(clock.now() / DAY_MS);
}

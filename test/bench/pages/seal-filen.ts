/** A worker that does to a file's chunks what @filen/sdk does before it sends them: a running SHA-512, and AES-256-GCM. */
import './node-globals.ts';
import { Encrypt } from '@filen/sdk/dist/browser/crypto/encrypt.js';
import { generateEncryptionKey } from '@filen/sdk/dist/browser/crypto/utils.js';
import { sha512 } from '@noble/hashes/sha512';
import { randomBytes } from './bytes.ts';
import { inFlight, type Sealing } from './in-flight.ts';

/** Theirs. */
const CHUNK = 1_048_576;
const IN_FLIGHT = 16;

export async function run({ mebibytes, hash }: { mebibytes: number; hash: boolean }): Promise<Sealing> {
  const encrypt = new Encrypt(null);
  const key = await generateEncryptionKey('file');
  const chunks = Array.from({ length: 16 }, () => randomBytes(CHUNK));
  const hasher = sha512.create();
  return inFlight(mebibytes, IN_FLIGHT, async (i) => {
    const data = chunks[i % chunks.length] as Uint8Array;
    if (hash) hasher.update(data);
    return (await encrypt.data({ data, key })).length;
  });
}

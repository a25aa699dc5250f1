/** The recovery key (16 bytes) as twelve BIP-39 words with a checksum. */
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import type { Bytes } from '../bytes/index.ts';
import { HoldfastError } from '../errors/index.ts';

/** Twelve words of a 16-byte key. */
export function wordsOfRecoveryKey(recoveryKey: Bytes): readonly string[] {
  return entropyToMnemonic(recoveryKey, wordlist).split(' ');
}

/** The 16-byte key of twelve typed words; case and spacing do not matter. E_RECOVERY_WORDS when they are not valid. */
export function recoveryKeyOfWords(typed: string): Bytes {
  const words = typed
    .normalize('NFKD')
    .trim()
    .toLowerCase()
    .split(/[\s,]+/);
  if (words.length !== 12) throw new HoldfastError('E_RECOVERY_WORDS', 'twelve words are needed');
  try {
    return new Uint8Array(mnemonicToEntropy(words.join(' '), wordlist));
  } catch (cause) {
    throw new HoldfastError('E_RECOVERY_WORDS', 'the words do not fit together', { cause });
  }
}

/** Six words (66 bits) of a hash, to compare two devices' histories by eye or voice. */
export function sixWords(hash: Uint8Array): readonly string[] {
  let bits = 0n;
  for (const byte of hash.subarray(0, 9)) bits = (bits << 8n) | BigInt(byte);
  bits >>= 6n;
  return Array.from({ length: 6 }, (_, i) => wordlist[Number((bits >> BigInt(11 * (5 - i))) & 2047n)] as string);
}

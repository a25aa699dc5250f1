/** The id Chromium gives an unpacked extension, computed beforehand so that a profile can be prepared for it. */
import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * First 16 bytes of SHA-256 over the manifest's public key, or over the absolute path when it has none, written with
 * the letters a–p instead of 0–f.
 */
export async function chromiumExtensionId(folder: string): Promise<string> {
  const path = await realpath(folder);
  const { key } = JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8')) as { key?: string };
  const digest = createHash('sha256').update(key === undefined ? Buffer.from(path) : Buffer.from(key, 'base64'));
  const letters = [...digest.digest('hex').slice(0, 32)].map((digit) =>
    String.fromCharCode(97 + Number.parseInt(digit, 16)),
  );
  return letters.join('');
}

/** Looks for secrets in everything a server keeps and says, in every form in which they might have slipped through. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What must not be found, by a name to report it under. */
export type Canaries = ReadonlyMap<string, Buffer>;

/** base64 of the bytes at three alignments, cut to the characters that only they decide. */
function base64Forms(bytes: Buffer): Buffer[] {
  return [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const inner = text.slice(shift === 0 ? 0 : shift + 1, Math.floor(((shift + bytes.length) * 8) / 6));
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')].map((form) => Buffer.from(form));
  });
}

/** Raw, UTF-16 both ways round, hex in both cases, base64 and base64url at three alignments. */
export function formsOf(bytes: Buffer): Buffer[] {
  const wide = Buffer.from(bytes.toString('utf8'), 'utf16le');
  const hex = bytes.toString('hex');
  const forms = [
    bytes,
    wide,
    Buffer.from(wide).swap16(),
    Buffer.from(hex),
    Buffer.from(hex.toUpperCase()),
    ...base64Forms(bytes),
  ];
  return [...new Map(forms.map((form) => [form.toString('latin1'), form])).values()];
}

/** Names of canaries found in `haystack`. */
export function found(haystack: Buffer, canaries: Canaries): string[] {
  return [...canaries]
    .filter(([, bytes]) => formsOf(bytes).some((form) => haystack.includes(form)))
    .map(([name]) => name);
}

/** Searches every file under `folder`; answers `file: canary` for each find. */
export async function foundUnder(folder: string, canaries: Canaries): Promise<string[]> {
  const finds: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    for (const name of found(await readFile(path), canaries)) finds.push(`${path}: ${name}`);
  }
  return finds;
}

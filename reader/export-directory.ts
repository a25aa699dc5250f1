/**
 * An export: everything of an account that is needed to read it with its recovery words, as files. All of it is sealed.
 *
 *   account.json                       who, the wrap that the words open, and the head of each log
 *   log/<vault id>/<number>            one file for each log entry, its number in ten digits
 *   packs/<ab>/<pack id>               packs by their SHA-256, `ab` being its first two digits: as a server keeps them
 *
 * May not: trust what it finds. Whoever reads verifies; here only forms and lengths are looked at.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openCopy } from '../shared/account/index.ts';
import { mapConcurrent } from '../shared/async/index.ts';
import { type Bytes, fromBase64url } from '../shared/bytes/index.ts';
import type { PackRange } from '../shared/client/index.ts';
import { codeOf, HoldfastError } from '../shared/errors/index.ts';
import { type Head, MAX_ENTRY_BODY, PACK_CLASSES } from '../shared/protocol/index.ts';
import type { Source } from './source.ts';

export const EXPORT_FORMAT = 'holdfast-export';
export const EXPORT_VERSION = 1;

const KINDS = ['account', 'personal'] as const;
const RECOVERY_WRAP = 2;
const PAGE_BYTES = 4 * 1_048_576;
const MAX_ACCOUNT_FILE = 65_536;
const LOOKING = 16;

export interface ExportedAccount {
  readonly format: typeof EXPORT_FORMAT;
  readonly version: typeof EXPORT_VERSION;
  readonly serverId: string;
  readonly accountId: string;
  /** The wrap of kind 2; `blob` in base64url. */
  readonly wrap: { readonly epoch: number; readonly blob: string };
  readonly vaults: readonly { readonly vaultId: string; readonly kind: (typeof KINDS)[number]; readonly head: Head }[];
}

export const accountPath = (root: string): string => join(root, 'account.json');
export const entryPath = (root: string, vaultId: string, seq: number): string =>
  join(root, 'log', vaultId, String(seq).padStart(10, '0'));
export const packPath = (root: string, id: string): string => join(root, 'packs', id.slice(0, 2), id);

/** E_NOT_FOUND when there is no export; E_INPUT when it is not one that this reader knows. */
export async function readAccountFile(root: string): Promise<ExportedAccount> {
  const path = accountPath(root);
  const bytes = await readUpTo(path, MAX_ACCOUNT_FILE);
  if (bytes === null) throw new HoldfastError('E_NOT_FOUND', `there is no export here: no ${path}`);
  try {
    const account = JSON.parse(new TextDecoder().decode(bytes)) as ExportedAccount;
    if (isAccount(account)) return account;
  } catch {
    // not JSON, or nothing like an account: the same answer
  }
  throw new HoldfastError('E_INPUT', `${path} is not an export of version ${EXPORT_VERSION}`);
}

function isAccount({ format, version, serverId, accountId, wrap, vaults }: ExportedAccount): boolean {
  return (
    format === EXPORT_FORMAT &&
    version === EXPORT_VERSION &&
    isHex(serverId, 16) &&
    isHex(accountId, 16) &&
    Number.isSafeInteger(wrap.epoch) &&
    fromBase64url(wrap.blob).length > 0 &&
    vaults.length === KINDS.length &&
    KINDS.every((kind) => vaults.some((vault) => vault.kind === kind)) &&
    vaults.every(({ vaultId, head }) => isHex(vaultId, 16) && isHex(head.hash, 32) && Number.isSafeInteger(head.seq))
  );
}

const isHex = (text: unknown, bytes: number): boolean =>
  typeof text === 'string' && text.length === 2 * bytes && /^[0-9a-f]+$/.test(text);

/** E_CREDENTIALS when the words open nothing here; E_RECOVERY_WORDS, and those of `readAccountFile`. */
export async function openExport(root: string, words: string): Promise<Source> {
  const { accountId, wrap, vaults } = await readAccountFile(root);
  const wraps = [
    {
      kind: RECOVERY_WRAP,
      epoch: wrap.epoch,
      credentialId: new Uint8Array(0),
      blob: fromBase64url(wrap.blob),
    },
  ];
  const heads = new Map(vaults.map(({ vaultId, head }) => [vaultId, head]));
  return {
    account: { accountId, wraps, vaults },
    serverId: null,
    rootKey: await rootKeyOf({ accountId, wraps }, words),
    readLog: (vaultId, after, limit = 256) => readEntries(root, vaultId, after, limit, heads.get(vaultId) as Head),
    pack: (_, id, range) => readPackFile(packPath(root, id), range),
    async missing(_, ids) {
      const missing: string[] = [];
      const looking = mapConcurrent(ids, LOOKING, async (id) => ((await isFile(packPath(root, id))) ? null : id));
      for await (const id of looking) if (id !== null) missing.push(id);
      return missing;
    },
    close: async () => undefined,
  };
}

async function rootKeyOf(account: Parameters<typeof openCopy>[0], words: string): Promise<Bytes> {
  try {
    return await openCopy(account, words);
  } catch (cause) {
    if (codeOf(cause) !== 'E_INTEGRITY') throw cause;
    const why = 'these are not the words of this account, or its account.json is damaged';
    throw new HoldfastError('E_CREDENTIALS', why, { cause });
  }
}

/** Stops at an entry that is not there: whoever reads on sees which one it is. */
async function readEntries(root: string, vaultId: string, after: number, limit: number, head: Head) {
  const entries: { body: Bytes; day: number }[] = [];
  let bytes = 0;
  for (let seq = after + 1; seq <= Math.min(head.seq, after + limit) && bytes < PAGE_BYTES; seq++) {
    const body = await readUpTo(entryPath(root, vaultId, seq), MAX_ENTRY_BODY);
    if (body === null) break;
    entries.push({ body, day: 0 });
    bytes += body.length;
  }
  return { entries, head };
}

/** At most one byte more than `limit`, so that too much is seen and not read; null when there is no such file. */
async function readUpTo(path: string, limit: number): Promise<Bytes | null> {
  return withFile(path, async (handle) => {
    const { size } = await handle.stat();
    return readAt(handle, 0, Math.min(size, limit + 1));
  });
}

async function readPackFile(path: string, range?: PackRange): Promise<Bytes> {
  const bytes = await withFile(path, async (handle) => {
    const { size } = await handle.stat();
    // The end of a cut pack is missing from its last range, and the chunk there will not open.
    if (range !== undefined) return readAt(handle, range.start, Math.min(range.end, size) - range.start);
    if (!PACK_CLASSES.some((each) => each === size))
      throw new HoldfastError('E_INTEGRITY', 'the pack has lost or gained bytes');
    return readAt(handle, 0, size);
  });
  if (bytes === null) throw new HoldfastError('E_NOT_FOUND', 'the pack is not there');
  return bytes;
}

type Handle = Awaited<ReturnType<typeof open>>;

async function withFile<T>(path: string, action: (handle: Handle) => Promise<T>): Promise<T | null> {
  try {
    const handle = await open(path);
    try {
      return await action(handle);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (cause instanceof HoldfastError) throw cause;
    throw new HoldfastError('E_SOURCE_UNREADABLE', message, { cause });
  }
}

async function readAt(handle: Handle, start: number, length: number): Promise<Bytes> {
  const out = new Uint8Array(Math.max(0, length));
  let at = 0;
  while (at < out.length) {
    const { bytesRead } = await handle.read(out, at, out.length - at, start + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return out.subarray(0, at);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

/** Puts the bytes there whole or not at all, unless they are there already. Answers whether anything was written. */
export async function putFile(path: string, bytes: Uint8Array): Promise<boolean> {
  const before = await readFile(path).catch(() => null);
  if (before?.equals(bytes)) return false;
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await writeFile(beside, bytes, { flag: 'wx' });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  return true;
}

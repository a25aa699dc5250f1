/** `export`: a vault into a directory from which it can be read without a server. Run again it adds what is new. */
import { readFile } from 'node:fs/promises';
import { mapConcurrent } from '../shared/async/index.ts';
import { type Bytes, toBase64url, toHex, utf8 } from '../shared/bytes/index.ts';
import type { LogEntries } from '../shared/client/index.ts';
import { sha256, WRAP_KIND } from '../shared/crypto/index.ts';
import { codeOf, HoldfastError, integrityError } from '../shared/errors/index.ts';
import { type PackPlace, packsInUse } from '../shared/vault/index.ts';
import type { ExportCommand } from './arguments.ts';
import {
  accountPath,
  EXPORT_FORMAT,
  EXPORT_VERSION,
  type ExportedAccount,
  entryPath,
  packPath,
  putFile,
  readAccountFile,
} from './export-directory.ts';
import { type Output, shownBytes, shownError } from './output.ts';
import { isDamage, openVault, type Source } from './source.ts';

const FETCHING = 4;

export interface ExportTally {
  entries: number;
  written: number;
  kept: number;
  failed: number;
}

/** Packs that cannot be had are named and counted; the rest is written. E_INPUT when another account's export is there. */
export async function exportVault(
  source: Source,
  { to }: ExportCommand,
  output: Output,
  signal: AbortSignal,
): Promise<ExportTally> {
  await requireOwn(to, source.account.accountId);
  const logs = new VerifiedLogs(source, to);
  const vault = await openVault(source, { signal }, logs);
  await logs.flush();

  const packs = packsInUse(vault.state);
  const tally: ExportTally = { entries: vault.accountEntries + vault.state.seq, written: 0, kept: 0, failed: 0 };
  let bytes = 0;
  const fetchPack = (pack: PackPlace) => putPack(to, pack, () => vault.readPack(pack.id, undefined, signal));
  for await (const { pack, outcome, error } of mapConcurrent(packs, FETCHING, fetchPack, signal)) {
    tally[outcome] += 1;
    if (outcome === 'failed') output.note(`failed  ${pack.id}  ${shownError(error)}`);
    else bytes += pack.size;
    output.progress(() => `${tally.written + tally.kept} of ${packs.length} packs, ${shownBytes(bytes)}`);
  }
  // Last: the heads are true only when the entries are there.
  await putFile(
    accountPath(to),
    utf8(`${JSON.stringify(accountFile(source, vault.state.genesis?.serverId, logs), null, 1)}\n`),
  );
  const { entries, written, kept, failed } = tally;
  await output.line(`exported ${entries} log entries, ${written} packs, kept ${kept}, failed ${failed}`);
  return tally;
}

async function requireOwn(to: string, accountId: string): Promise<void> {
  const there = await readAccountFile(to).catch((error: unknown) => {
    if (codeOf(error) === 'E_NOT_FOUND') return null;
    throw error;
  });
  if (there !== null && there.accountId !== accountId)
    throw new HoldfastError('E_INPUT', `${to} holds the export of another account`);
}

/** Hands pages on and writes each when the next is asked for: whoever reads has verified it by then. */
class VerifiedLogs {
  readonly #source: Source;
  readonly #to: string;
  readonly #heads = new Map<string, LogEntries['head']>();
  #write: () => Promise<void> = async () => undefined;

  constructor(source: Source, to: string) {
    this.#source = source;
    this.#to = to;
  }

  headOf(vaultId: string): LogEntries['head'] {
    const head = this.#heads.get(vaultId);
    if (head === undefined) throw integrityError();
    return head;
  }

  async readLog(vaultId: string, after: number, limit?: number, signal?: AbortSignal): Promise<LogEntries> {
    await this.flush();
    const page = await this.#source.readLog(vaultId, after, limit, signal);
    this.#write = async () => {
      for (const [i, { body }] of page.entries.entries())
        await putFile(entryPath(this.#to, vaultId, after + 1 + i), body);
      this.#heads.set(vaultId, page.head);
    };
    return page;
  }

  async flush(): Promise<void> {
    const write = this.#write;
    this.#write = async () => undefined;
    await write();
  }
}

async function putPack(to: string, pack: PackPlace, fetchPack: () => Promise<Bytes>) {
  const path = packPath(to, pack.id);
  const isRight = async (bytes: Uint8Array): Promise<boolean> => toHex(await sha256(bytes)) === pack.id;
  try {
    const before = await readFile(path).catch(() => null);
    if (before !== null && (await isRight(before))) return { pack, outcome: 'kept' as const };
    const bytes = await fetchPack();
    if (!(await isRight(bytes))) throw integrityError();
    await putFile(path, bytes);
    return { pack, outcome: 'written' as const };
  } catch (error) {
    if (!isDamage(error)) throw error;
    return { pack, outcome: 'failed' as const, error };
  }
}

function accountFile(source: Source, serverId: Bytes | undefined, logs: VerifiedLogs): ExportedAccount {
  const { accountId, wraps, vaults } = source.account;
  const wrap = wraps.findLast(({ kind }) => kind === WRAP_KIND.recovery);
  if (wrap === undefined || serverId === undefined) throw integrityError();
  return {
    format: EXPORT_FORMAT,
    version: EXPORT_VERSION,
    serverId: toHex(serverId),
    accountId,
    wrap: { epoch: wrap.epoch, blob: toBase64url(wrap.blob) },
    vaults: vaults.map(({ vaultId, kind }) => ({ vaultId, kind, head: logs.headOf(vaultId) })),
  };
}

/**
 * `export`: a vault into a directory from which it can be read without a server. Run again it adds what is new, and nothing
 * takes the place of a newer log that is there, or of another one.
 */
import { readFile } from 'node:fs/promises';
import { mapConcurrent } from '../shared/async/index.ts';
import { type Bytes, fromHex, toBase64url, toHex, utf8 } from '../shared/bytes/index.ts';
import type { LogEntries } from '../shared/client/index.ts';
import { sha256, WRAP_KIND } from '../shared/crypto/index.ts';
import { codeOf, HoldfastError, integrityError } from '../shared/errors/index.ts';
import type { Head } from '../shared/protocol/index.ts';
import { entryHash, type PackPlace, packsInUse } from '../shared/vault/index.ts';
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

/**
 * Packs that cannot be had are named and counted; the rest is written. E_INPUT when another account's export is there;
 * E_ROLLBACK when the source's log ends before the one that is there, E_FORK when it is another: then nothing is touched.
 */
export async function exportVault(
  source: Source,
  { to }: ExportCommand,
  output: Output,
  signal: AbortSignal,
): Promise<ExportTally> {
  const logs = new VerifiedLogs(source, to, await headsThere(to, source.account.accountId));
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

/** How far the logs go that are there already. */
async function headsThere(to: string, accountId: string): Promise<ReadonlyMap<string, Head>> {
  const there = await readAccountFile(to).catch((error: unknown) => {
    if (codeOf(error) === 'E_NOT_FOUND') return null;
    throw error;
  });
  if (there !== null && there.accountId !== accountId)
    throw new HoldfastError('E_INPUT', `${to} holds the export of another account`);
  return new Map(there?.vaults.map(({ vaultId, head }) => [vaultId, head]));
}

/**
 * Hands pages on and writes them when whoever reads has verified them and they lead to the head that is there. Each log is
 * read from its start, one after the other.
 */
class VerifiedLogs {
  readonly #source: Source;
  readonly #to: string;
  readonly #there: ReadonlyMap<string, Head>;
  readonly #heads = new Map<string, Head>();
  #hash: Bytes = new Uint8Array(32);
  /** Handed on and not written yet. */
  #page: { readonly path: string; readonly body: Bytes }[] = [];
  #isDue = false;

  constructor(source: Source, to: string, there: ReadonlyMap<string, Head>) {
    this.#source = source;
    this.#to = to;
    this.#there = there;
  }

  headOf(vaultId: string): Head {
    const head = this.#heads.get(vaultId);
    if (head === undefined) throw integrityError();
    return head;
  }

  async readLog(vaultId: string, after: number, limit?: number, signal?: AbortSignal): Promise<LogEntries> {
    await this.flush();
    const there = this.#there.get(vaultId);
    const page = await this.#source.readLog(vaultId, after, limit, signal);
    if (page.head.seq < (there?.seq ?? 0))
      throw new HoldfastError('E_ROLLBACK', `the log ends before entry ${there?.seq}, which ${this.#to} has`);
    if (after === 0) this.#hash = new Uint8Array(32);
    let seq = after;
    for (const { body } of page.entries) {
      this.#hash = await entryHash({ vaultId: fromHex(vaultId), seq: ++seq, prev: this.#hash }, body);
      if (seq === there?.seq && toHex(this.#hash) !== there.hash)
        throw new HoldfastError('E_FORK', `the log is another one than ${this.#to} has`);
      this.#page.push({ path: entryPath(this.#to, vaultId, seq), body });
    }
    this.#isDue = seq >= (there?.seq ?? 0);
    this.#heads.set(vaultId, page.head);
    return page;
  }

  async flush(): Promise<void> {
    if (!this.#isDue) return;
    for (const { path, body } of this.#page) await putFile(path, body);
    this.#page = [];
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

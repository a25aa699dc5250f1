/**
 * `verify`: every entry of the log (when the vault was opened), hash and footer of every pack that chunks lie in against the
 * index, every chunk opened, every version's chunks and root hash. Names what is damaged and which versions that touches.
 */
import { randomInt } from 'node:crypto';
import { mapConcurrent } from '../shared/async/index.ts';
import { type Bytes, toHex } from '../shared/bytes/index.ts';
import { checkedFooter, unlessFaulty } from '../shared/checker/index.ts';
import { sha256 } from '../shared/crypto/index.ts';
import { type ChunkRef, chunkId, chunkKey, openChunk } from '../shared/format/index.ts';
import {
  type ChunkPlace,
  chunkPlace,
  type PackInUse,
  packsInUse,
  readManifest,
  type VersionState,
} from '../shared/vault/index.ts';
import type { VerifyCommand } from './arguments.ts';
import { type Output, shownBytes, shownPath, shownTime } from './output.ts';
import { isDamage, type OpenVault } from './source.ts';
import { idOf, type TreeEntry, treeOf } from './tree.ts';

const READING = 4;
const OPENING = 4;
const LOOKING = 16;

interface Chunk {
  readonly cid: Bytes;
  readonly ref: ChunkRef;
  readonly place: ChunkPlace;
}

export interface DamagedPack {
  readonly id: string;
  readonly why: 'missing' | 'unreadable' | 'changed' | 'footer';
}
export interface DamagedVersion {
  readonly path: readonly string[];
  readonly versionId: string;
  readonly capturedAt: number;
}
export interface Verdict {
  readonly entries: number;
  readonly versions: number;
  readonly packs: number;
  readonly packsRead: number;
  readonly chunksOpened: number;
  readonly bytesRead: number;
  readonly seconds: number;
  readonly damagedPacks: readonly DamagedPack[];
  /** Chunks that are gone or do not open. */
  readonly damagedChunks: number;
  readonly damagedVersions: readonly DamagedVersion[];
}

interface Version {
  readonly entry: TreeEntry;
  readonly version: VersionState;
  /** Ids of its chunks, its manifest's segments included; null when the manifest cannot be read. */
  readonly cids: readonly string[] | null;
}

export async function verify(
  vault: OpenVault,
  { share, json }: Pick<VerifyCommand, 'share' | 'json'>,
  output: Output,
  signal: AbortSignal,
): Promise<Verdict> {
  const started = Date.now();
  const chunks = new Map<string, Chunk>();
  const versions = await readVersions(vault, chunks, output, signal);
  const byPack = Map.groupBy(chunks.values(), ({ place }) => place.pack.id);
  const packs = packsInUse(vault.state);
  const missing = new Set(
    await vault.missing(
      packs.map(({ id }) => id),
      signal,
    ),
  );
  const damagedPacks: DamagedPack[] = [...missing].map((id) => ({ id, why: 'missing' }));
  const bad = new Set<string>();
  const spoil = (all: readonly Chunk[]): void => {
    for (const { cid } of all) bad.add(toHex(cid));
  };
  for (const id of missing) spoil(byPack.get(id) ?? []);

  const read = draw(
    packs.filter(({ id }) => !missing.has(id)),
    share,
  );
  let chunksOpened = 0;
  let bytesRead = 0;
  let done = 0;
  const examine = (pack: PackInUse) => examinePack(vault, pack, byPack.get(pack.id) ?? [], signal);
  for await (const { pack, why, damaged, opened, bytes } of mapConcurrent(read, READING, examine, signal)) {
    if (why !== null) damagedPacks.push({ id: pack.id, why });
    spoil(damaged);
    chunksOpened += opened;
    bytesRead += bytes;
    done += 1;
    output.progress(() => `${done} of ${read.length} packs, ${shownBytes(bytesRead)}`);
  }
  const damagedVersions = versions
    .filter(({ cids }) => cids === null || cids.some((cid) => bad.has(cid)))
    .map(({ entry, version }) => ({ path: entry.path, versionId: idOf(version), capturedAt: version.capturedAt }));
  const verdict: Verdict = {
    entries: vault.accountEntries + vault.state.seq,
    versions: versions.length,
    packs: packs.length,
    packsRead: read.length,
    chunksOpened,
    bytesRead,
    seconds: (Date.now() - started) / 1_000,
    damagedPacks,
    damagedChunks: bad.size,
    damagedVersions,
  };
  await report(verdict, json, output);
  return verdict;
}

/** Every version's chunks, checked against its size and root hash; fills `chunks` with each chunk once. */
async function readVersions(
  vault: OpenVault,
  chunks: Map<string, Chunk>,
  output: Output,
  signal: AbortSignal,
): Promise<Version[]> {
  const entries = [...treeOf(vault.state, true)].filter(({ kind }) => kind === 'file');
  const all = entries.flatMap((entry) => entry.versions.map((version) => ({ entry, version })));
  const versions: Version[] = [];
  const read = mapConcurrent(
    all,
    LOOKING,
    async (each) => ({ ...each, cids: await cidsOf(vault, each.version, chunks) }),
    signal,
  );
  for await (const version of read) {
    versions.push(version);
    output.progress(() => `${versions.length} of ${all.length} versions`);
  }
  return versions;
}

async function cidsOf(vault: OpenVault, version: VersionState, chunks: Map<string, Chunk>): Promise<string[] | null> {
  const { state, domain, readPack } = vault;
  const { manifest } = version;
  const segments = manifest.op === 'segments' ? manifest.segments.map(([len, h]) => ({ len, h })) : [];
  const cids: string[] = [];
  const add = async (refs: readonly ChunkRef[]): Promise<boolean> => {
    for (const ref of refs) {
      const cid = await chunkId(domain, ref.h);
      const place = chunkPlace(state, cid);
      if (place === null) return false;
      const key = toHex(cid);
      cids.push(key);
      if (!chunks.has(key)) chunks.set(key, { cid, ref, place });
    }
    return true;
  };
  const whole = await add(segments);
  try {
    const refs = await readManifest(state, domain, version, readPack);
    return (await add(refs)) && whole ? cids : null;
  } catch (error) {
    if (!isDamage(error)) throw error;
    return null;
  }
}

interface Examined {
  readonly pack: PackInUse;
  readonly why: DamagedPack['why'] | null;
  readonly damaged: readonly Chunk[];
  readonly opened: number;
  readonly bytes: number;
}

async function examinePack(
  vault: OpenVault,
  pack: PackInUse,
  chunks: readonly Chunk[],
  signal: AbortSignal,
): Promise<Examined> {
  let bytes: Bytes;
  try {
    bytes = await vault.readPack(pack.id, undefined, signal);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return { pack, why: 'unreadable', damaged: chunks, opened: 0, bytes: 0 };
  }
  const unchanged = bytes.length === pack.size && toHex(await sha256(bytes)) === pack.id;
  const why = unchanged ? await footerFault(vault, pack, bytes) : 'changed';
  const damaged: Chunk[] = [];
  // Of a pack with one changed byte, all chunks but one are still good.
  const opening = mapConcurrent(
    chunks,
    OPENING,
    async (chunk) => ((await opens(vault, chunk, bytes)) ? [] : [chunk]),
    signal,
  );
  for await (const failed of opening) damaged.push(...failed);
  return { pack, why, damaged, opened: chunks.length - damaged.length, bytes: bytes.length };
}

async function footerFault({ state, domain, vaultKeys }: OpenVault, pack: PackInUse, bytes: Bytes) {
  const footer = await unlessFaulty(() => checkedFooter({ state, domain, indexKey: vaultKeys.index }, pack, bytes));
  return footer === null ? 'footer' : null;
}

async function opens({ domain }: OpenVault, { cid, ref, place }: Chunk, pack: Bytes): Promise<boolean> {
  try {
    const blob = pack.subarray(place.off, place.off + place.len);
    await openChunk(domain.domainId, await chunkKey(domain, cid, place.salt), ref, blob);
    return true;
  } catch (error) {
    if (!isDamage(error)) throw error;
    return false;
  }
}

/** A part of the packs at random, at least one when there are any. */
function draw(packs: readonly PackInUse[], share: number): PackInUse[] {
  const left = [...packs];
  const drawn: PackInUse[] = [];
  for (let wanted = Math.ceil(packs.length * share); wanted > 0; wanted--) {
    const at = randomInt(left.length);
    drawn.push(left[at] as PackInUse);
    left[at] = left.at(-1) as PackInUse;
    left.pop();
  }
  return drawn;
}

async function report(verdict: Verdict, json: boolean, output: Output): Promise<void> {
  if (json) return output.line(JSON.stringify(verdict));
  const { entries, versions, packs, packsRead, chunksOpened, bytesRead, seconds } = verdict;
  for (const { id, why } of verdict.damagedPacks) await output.line(`pack     ${id}  ${why}`);
  for (const { path, versionId, capturedAt } of verdict.damagedVersions)
    await output.line(`damaged  ${versionId}  ${shownTime(capturedAt)}  ${shownPath(path)}`);
  const part = packsRead === packs ? '' : ` of ${packs}`;
  await output.line(
    `${entries} log entries, ${versions} versions, ${packsRead}${part} packs, ${chunksOpened} chunks opened, ` +
      `${shownBytes(bytesRead)} in ${seconds.toFixed(1)} s`,
  );
  const { damagedPacks, damagedChunks, damagedVersions } = verdict;
  const wrong = `${damagedPacks.length} packs, ${damagedChunks} chunks and ${damagedVersions.length} versions are damaged`;
  await output.line(isWhole(verdict) ? 'nothing is damaged' : wrong);
}

export function isWhole({ damagedPacks, damagedChunks, damagedVersions }: Verdict): boolean {
  return damagedPacks.length + damagedChunks + damagedVersions.length === 0;
}

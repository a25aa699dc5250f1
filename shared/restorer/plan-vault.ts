/** Plans restores from a vault's state: one version of a file, or a folder as it stands. */

import { fromHex } from '../bytes/index.ts';
import type { DomainKeys } from '../crypto/index.ts';
import { HoldfastError } from '../errors/index.ts';
import { chunkKey, NODE_KIND, openChunk } from '../format/index.ts';
import {
  childrenOf,
  type NodeState,
  newestPinned,
  newestVersion,
  nodeById,
  type PinnedVersion,
  placeOf,
  type ReadPack,
  readManifest,
  type VaultState,
  type VersionState,
  versionById,
} from '../vault/index.ts';
import type { PlannedChunk, PlannedFile, RestoreSet } from './plan.ts';

export interface PlanSource {
  readonly state: VaultState;
  readonly keys: DomainKeys;
}

async function planChunks(
  { state, keys }: PlanSource,
  version: VersionState,
  readPack: ReadPack,
): Promise<PlannedChunk[]> {
  const planned: PlannedChunk[] = [];
  for (const ref of await readManifest(state, keys, version, readPack)) {
    const { cid, pack, off, len, salt } = await placeOf(state, keys, ref);
    planned.push({
      packId: pack.id,
      packSize: pack.size,
      off,
      len,
      ref,
      open: async (blob) => openChunk(keys.domainId, await chunkKey(keys, cid, salt), ref, blob),
    });
  }
  return planned;
}

/** `version` is asked for when the file's turn comes: a folder's files are many. */
function planFile(
  source: PlanSource,
  { size, mtime }: Pick<VersionState, 'size' | 'mtime'>,
  path: readonly string[],
  { row, version }: PinnedVersion,
): PlannedFile {
  return { path, size, mtime, place: row, chunks: (readPack) => planChunks(source, version(), readPack) };
}

/** Plans one version of a file. E_NOT_FOUND for an id that the vault does not have. */
export function planVersion(source: PlanSource, versionId: string): RestoreSet {
  const version = versionById(source.state, fromHex(versionId))?.version;
  if (version === undefined) throw new HoldfastError('E_NOT_FOUND', 'no such version');
  return oneFile(source, version.name, version);
}

/** Plans a file's newest version, or a folder with everything under it. E_NOT_FOUND. */
export function planNode(source: PlanSource, fileId: string): RestoreSet {
  const node = nodeById(source.state, fileId);
  if (node === null) throw new HoldfastError('E_NOT_FOUND', 'no such file');
  if (node.kind !== NODE_KIND.folder) {
    return oneFile(source, node.name, newestVersion(source.state, node));
  }
  const files: PlannedFile[] = [];
  const emptyFolders: { path: readonly string[]; mtime: number }[] = [];
  planFolder(source, node, [node.name], files, emptyFolders);
  return { zip: true, files, emptyFolders };
}

function oneFile(source: PlanSource, name: string, version: VersionState): RestoreSet {
  const files = [planFile(source, version, [name], { row: 0, version: () => version })];
  return { zip: false, files, emptyFolders: [] };
}

function planFolder(
  source: PlanSource,
  folder: NodeState,
  path: readonly string[],
  files: PlannedFile[],
  emptyFolders: { path: readonly string[]; mtime: number }[],
): void {
  const children = [...childrenOf(source.state, folder.fileId)].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (children.length === 0) emptyFolders.push({ path, mtime: newestVersion(source.state, folder).mtime });
  for (const child of children) {
    const childPath = [...path, child.name];
    if (child.kind === NODE_KIND.folder) planFolder(source, child, childPath, files, emptyFolders);
    else files.push(planFile(source, child, childPath, newestPinned(source.state, child)));
  }
}

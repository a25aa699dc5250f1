/** What a vault's log adds up to. Ids are lower-case hex here; everything else is as the operations say. */
import { type Bytes, equal, toHex } from '../bytes/index.ts';
import type { OpOf, PutVersion } from '../format/index.ts';

/** Hex of sixteen zero bytes: the parent of what lies at the top. */
export const ROOT = '00000000000000000000000000000000';

/** A pack that the index knows. */
export interface PackPlace {
  readonly id: string;
  readonly size: number;
}

/** Where a chunk lies. */
export interface ChunkPlace {
  readonly pack: PackPlace;
  readonly off: number;
  readonly len: number;
  /** 16 bytes that its key is derived with. */
  readonly salt: Bytes;
}

/** One state of one file, and the log entry that made it count. */
export interface VersionState
  extends Omit<PutVersion, 'op' | 'fileId' | 'parent' | 'prevVersion' | 'nameNfc' | 'sourcePathHash'> {
  readonly seq: number;
}

export interface NodeState {
  readonly fileId: string;
  parent: string;
  name: string;
  readonly kind: number;
  deleted: boolean;
  /** At least one. */
  versionCount: number;
}

interface StoredNode extends NodeState {
  /** Oldest first; never empty. */
  readonly versions: VersionState[];
}

export interface DeviceState {
  readonly publicKey: Bytes;
  readonly name: string;
  revoked: boolean;
}

export type LinkState = OpOf<'link-create'>;
export type GrantState = OpOf<'grant-key'>;
export type GenesisState = OpOf<'genesis'>;

export interface VaultState {
  seq: number;
  /** Hash of entry `seq`, 32 bytes; zeros before the first. */
  hash: Bytes;
  genesis: GenesisState | null;
  minSuite: number;
  /** Writer's clock of the newest entry. */
  lastCommitAt: number | null;
  readonly devices: Map<string, DeviceState>;
  readonly nodes: Map<string, StoredNode>;
  /** Folder id → live names in it → ids; more than one when two devices made the same name at once. */
  readonly children: Map<string, Map<string, string[]>>;
  /** Version id → file id. */
  readonly versions: Map<string, string>;
  /** Chunk id → place. */
  readonly index: Map<string, ChunkPlace>;
  readonly packs: Map<string, PackPlace>;
  /** Link secret → link. */
  readonly links: Map<string, LinkState>;
  readonly grants: GrantState[];
}

export function emptyState(): VaultState {
  return {
    seq: 0,
    hash: new Uint8Array(32),
    genesis: null,
    minSuite: 1,
    lastCommitAt: null,
    devices: new Map(),
    nodes: new Map(),
    children: new Map([[ROOT, new Map()]]),
    versions: new Map(),
    index: new Map(),
    packs: new Map(),
    links: new Map(),
    grants: [],
  };
}

/** The live node of this name in a folder, or null. */
export function childByName(state: VaultState, parent: string, name: string): NodeState | null {
  const id = state.children.get(parent)?.get(name)?.[0];
  return id === undefined ? null : (state.nodes.get(id) ?? null);
}

/** A node, deleted or not; null when no operation made one of this id. */
export function nodeById(state: VaultState, fileId: string): NodeState | null {
  return state.nodes.get(fileId) ?? null;
}

/** All nodes, deleted ones too, in the order they first appeared. */
export function nodesOf(state: VaultState): Iterable<NodeState> {
  return state.nodes.values();
}

/** True for the root and for every node that is a folder. */
export function hasFolder(state: VaultState, folderId: string): boolean {
  return state.children.has(folderId);
}

/** A node's versions, oldest first; never empty. */
export function versionsOf(state: VaultState, { fileId }: Pick<NodeState, 'fileId'>): readonly VersionState[] {
  return state.nodes.get(fileId)?.versions ?? [];
}

/** The node's newest version. */
export function newestVersion(state: VaultState, node: Pick<NodeState, 'fileId'>): VersionState {
  return versionsOf(state, node).at(-1) as VersionState;
}

export function hasVersion(state: VaultState, versionId: Uint8Array): boolean {
  return state.versions.has(toHex(versionId));
}

/** A version and the node it is of. */
export function versionById(
  state: VaultState,
  versionId: Uint8Array,
): { node: NodeState; version: VersionState } | null {
  const node = state.nodes.get(state.versions.get(toHex(versionId)) ?? '');
  const version = node?.versions.find((each) => equal(each.versionId, versionId));
  return node === undefined || version === undefined ? null : { node, version };
}

export function hasChunk(state: VaultState, cid: Uint8Array): boolean {
  return state.index.has(toHex(cid));
}

export function chunkPlace(state: VaultState, cid: Uint8Array): ChunkPlace | null {
  return state.index.get(toHex(cid)) ?? null;
}

/** Every chunk's place, in the order the index learned of them. */
export function chunkPlaces(state: VaultState): Iterable<ChunkPlace> {
  return state.index.values();
}

export function hasPack(state: VaultState, packId: string): boolean {
  return state.packs.has(packId);
}

export function packsOf(state: VaultState): Iterable<PackPlace> {
  return state.packs.values();
}

/** How many of each the state knows. */
export function countsOf(state: VaultState): { nodes: number; versions: number; chunks: number; packs: number } {
  return {
    nodes: state.nodes.size,
    versions: state.versions.size,
    chunks: state.index.size,
    packs: state.packs.size,
  };
}

/** Live nodes of a folder in no particular order. */
export function* childrenOf(state: VaultState, parent: string): Generator<NodeState> {
  for (const ids of state.children.get(parent)?.values() ?? []) {
    for (const id of ids) yield state.nodes.get(id) as NodeState;
  }
}

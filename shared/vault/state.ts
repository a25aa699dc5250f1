/** What a vault's log adds up to. Ids are lower-case hex here; everything else is as the operations say. */
import type { Bytes } from '../bytes/index.ts';
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
export interface VersionState extends PutVersion {
  readonly seq: number;
}

export interface NodeState {
  readonly fileId: string;
  parent: string;
  name: string;
  readonly kind: number;
  /** Oldest first; never empty. */
  readonly versions: VersionState[];
  deleted: boolean;
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
  readonly nodes: Map<string, NodeState>;
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

/** The node's newest version. */
export function newestVersion(node: NodeState): VersionState {
  return node.versions[node.versions.length - 1] as VersionState;
}

/** Live nodes of a folder in no particular order. */
export function* childrenOf(state: VaultState, parent: string): Generator<NodeState> {
  for (const ids of state.children.get(parent)?.values() ?? []) {
    for (const id of ids) yield state.nodes.get(id) as NodeState;
  }
}

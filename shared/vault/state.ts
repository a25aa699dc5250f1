/**
 * What a vault's log adds up to, in tables: nodes, versions, chunks and packs are rows, few things are maps. It is asked
 * through functions that answer small plain objects, made on demand. Ids are lower-case hex, except where bytes are said.
 */
import { type Bytes, fromHex, toHex, utf8 } from '../bytes/index.ts';
import { NODE_KIND, type OpOf, type PutVersion } from '../format/index.ts';
import { Arena } from './arena.ts';
import { decodeFacts, type Facts } from './facts.ts';
import { NameIndex } from './name-index.ts';
import { hashOf, Names } from './names.ts';
import { ChunkTable, NONE, NodeTable, PackTable, VersionTable } from './tables.ts';

/** Hex of sixteen zero bytes: the parent of what lies at the top. */
export const ROOT = '00000000000000000000000000000000';
/** True for the root's id, sixteen zero bytes. */
export function isRoot(id: Uint8Array): boolean {
  return id.every((byte) => byte === 0);
}

/** The root's row in the nodes. */
export const ROOT_ROW = 0;

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

/** A file or folder as it is now. */
export interface NodeState {
  readonly fileId: string;
  readonly parent: string;
  readonly name: string;
  readonly kind: number;
  readonly deleted: boolean;
  /** At least one. */
  readonly versionCount: number;
  /** Of the newest version. */
  readonly size: number;
  readonly mtime: number;
}

export interface DeviceState {
  readonly publicKey: Bytes;
  readonly name: string;
  revoked: boolean;
}

export type LinkState = OpOf<'link-create'>;
export type GrantState = OpOf<'grant-key'>;
export type GenesisState = OpOf<'genesis'>;

/** Few values that many rows have, each kept once. */
export class Shared {
  readonly values: string[] = [];
  readonly #numbers = new Map<string, number>();

  number(value: string): number {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = this.values.push(value) - 1;
      this.#numbers.set(value, number);
    }
    return number;
  }
}

export interface VaultState {
  seq: number;
  /** Hash of entry `seq`, 32 bytes; zeros before the first. */
  hash: Bytes;
  genesis: GenesisState | null;
  minSuite: number;
  /** Writer's clock of the newest entry. */
  lastCommitAt: number | null;
  readonly devices: Map<string, DeviceState>;
  /** Link secret → link. */
  readonly links: Map<string, LinkState>;
  readonly grants: GrantState[];
  readonly nodes: NodeTable;
  readonly versions: VersionTable;
  readonly chunks: ChunkTable;
  readonly packs: PackTable;
  readonly names: Names;
  readonly facts: Arena;
  readonly byName: NameIndex;
  /** Ids of devices, as versions name them. */
  readonly versionDevices: Shared;
  readonly mimes: Shared;
}

/** A state before the first entry. */
export function emptyState(): VaultState {
  const state = blankState();
  state.nodes.addNode(new Uint8Array(16), NODE_KIND.folder);
  return state;
}

/** The same without the root, for tables that are about to be loaded. */
export function blankState(): VaultState {
  const nodes = new NodeTable();
  const names = new Names();
  return {
    seq: 0,
    hash: new Uint8Array(32),
    genesis: null,
    minSuite: 1,
    lastCommitAt: null,
    devices: new Map(),
    links: new Map(),
    grants: [],
    nodes,
    versions: new VersionTable(),
    chunks: new ChunkTable(),
    packs: new PackTable(),
    names,
    facts: new Arena(),
    byName: new NameIndex(nodes, names),
    versionDevices: new Shared(),
    mimes: new Shared(),
  };
}

/** Row of a node's id, or NONE: for what is not hex as for what is not there. */
export function rowOf({ nodes }: VaultState, fileId: string): number {
  if (!/^[0-9a-f]{32}$/.test(fileId)) return NONE;
  const row = nodes.byId.find(fromHex(fileId));
  return row < 0 ? NONE : row;
}

/** The node of a row. */
export function nodeOf({ nodes, names, versions }: VaultState, row: number): NodeState {
  const newest = nodes.newest.get(row);
  return {
    fileId: toHex(nodes.id.view(row)),
    parent: toHex(nodes.id.view(nodes.parent.get(row))),
    name: names.name(nodes.nameAt.get(row)),
    kind: nodes.kind(row),
    deleted: nodes.isDeleted(row),
    versionCount: nodes.versionCount(row),
    size: versions.size.get(newest),
    mtime: versions.mtime.get(newest),
  };
}

/** What the record of a version's row holds; `brief` leaves its manifest empty. */
export function factsOf({ versions, facts }: VaultState, row: number, brief: boolean): Facts {
  const address = versions.factsAt.get(row);
  return decodeFacts(facts.page(address), facts.offset(address), brief);
}

/** The version of a row. */
export function versionOf(state: VaultState, row: number): VersionState {
  const { versions, names, nodes } = state;
  const { nameAt, device, mime, ...facts } = factsOf(state, row, false);
  return {
    ...facts,
    versionId: versions.id.get(row),
    seq: versions.seq.get(row),
    size: versions.size.get(row),
    mtime: versions.mtime.get(row),
    kind: nodes.kind(versions.node.get(row)),
    name: names.name(nameAt),
    deviceId: fromHex(state.versionDevices.values[device] as string),
    mime: mimeOf(state, mime),
  };
}

/** A media type by its number. */
export function mimeOf({ mimes }: VaultState, number: number): string | null {
  return mimes.values[number] ?? null;
}

/** A node, deleted or not; null when no operation made one of this id. */
export function nodeById(state: VaultState, fileId: string): NodeState | null {
  const row = rowOf(state, fileId);
  return row === NONE || row === ROOT_ROW ? null : nodeOf(state, row);
}

/** All nodes, deleted ones too, in the order they first appeared. */
export function* nodesOf(state: VaultState): Generator<NodeState> {
  for (let row = ROOT_ROW + 1; row < state.nodes.rows; row++) yield nodeOf(state, row);
}

/** True for the root and for every node that is a folder. */
export function hasFolder(state: VaultState, folderId: string): boolean {
  const row = rowOf(state, folderId);
  return row !== NONE && state.nodes.isFolder(row);
}

function childRow({ byName }: VaultState, parent: number, name: string, kind: number): number {
  const bytes = utf8(name);
  return byName.find(parent, hashOf(bytes), bytes, kind);
}

/** The live node of this name and kind in a folder, or null: a file and a folder may have the same name. */
export function childByName(state: VaultState, parent: string, name: string, kind: number): NodeState | null {
  const folder = rowOf(state, parent);
  const row = folder === NONE ? NONE : childRow(state, folder, name, kind);
  return row === NONE ? null : nodeOf(state, row);
}

/** The live file of this name in the folder at a path of names from the root, or null. */
export function fileByPath(state: VaultState, path: readonly string[], name: string): NodeState | null {
  let folder = ROOT_ROW;
  for (const each of path) {
    folder = childRow(state, folder, each, NODE_KIND.folder);
    if (folder === NONE) return null;
  }
  const row = childRow(state, folder, name, NODE_KIND.file);
  return row === NONE ? null : nodeOf(state, row);
}

/** Rows of the live nodes of a folder, in the order they entered it. */
export function* childRows({ nodes }: VaultState, folder: number): Generator<number> {
  for (let row = nodes.firstChild.get(folder); row !== NONE; row = nodes.nextSibling.get(row)) yield row;
}

/** Live nodes of a folder in no particular order. */
export function* childrenOf(state: VaultState, parent: string): Generator<NodeState> {
  const folder = rowOf(state, parent);
  if (folder === NONE) return;
  for (const row of childRows(state, folder)) yield nodeOf(state, row);
}

/** A node's versions, oldest first; none when there is no such node. */
export function versionsOf(state: VaultState, { fileId }: Pick<NodeState, 'fileId'>): VersionState[] {
  const node = rowOf(state, fileId);
  const found: VersionState[] = [];
  if (node === NONE) return found;
  const { nodes, versions } = state;
  for (let row = nodes.newest.get(node); row !== NONE; row = versions.before.get(row))
    found.push(versionOf(state, row));
  return found.reverse();
}

/** The newest version of a node that the state has. */
export function newestVersion(state: VaultState, { fileId }: Pick<NodeState, 'fileId'>): VersionState {
  return versionOf(state, state.nodes.newest.get(rowOf(state, fileId)));
}

/** The version that is the newest now, also when there is a newer one by then. */
export interface PinnedVersion {
  /** Its number in the order of the log: what was backed up together has numbers close to each other. */
  readonly row: number;
  readonly version: () => VersionState;
}

/** Costs next to nothing until the version is asked for. */
export function newestPinned(state: VaultState, { fileId }: Pick<NodeState, 'fileId'>): PinnedVersion {
  const row = state.nodes.newest.get(rowOf(state, fileId));
  return { row, version: () => versionOf(state, row) };
}

export function hasVersion(state: VaultState, versionId: Uint8Array): boolean {
  return state.versions.byId.find(versionId) >= 0;
}

/** A version and the node it is of. */
export function versionById(
  state: VaultState,
  versionId: Uint8Array,
): { node: NodeState; version: VersionState } | null {
  const row = state.versions.byId.find(versionId);
  if (row < 0) return null;
  return { node: nodeOf(state, state.versions.node.get(row)), version: versionOf(state, row) };
}

export function hasChunk(state: VaultState, cid: Uint8Array): boolean {
  return state.chunks.byId.find(cid) >= 0;
}

export function chunkPlace(state: VaultState, cid: Uint8Array): ChunkPlace | null {
  const row = state.chunks.byId.find(cid);
  return row < 0 ? null : placeOfRow(state, row);
}

function placeOfRow({ chunks, packs }: VaultState, row: number): ChunkPlace {
  const pack = chunks.pack.get(row);
  return {
    pack: { id: toHex(packs.id.view(pack)), size: packs.size.get(pack) },
    off: chunks.off.get(row),
    len: chunks.len.get(row),
    salt: chunks.salt.get(row),
  };
}

/** Every chunk's place, in the order the index learned of them. */
export function* chunkPlaces(state: VaultState): Generator<ChunkPlace> {
  for (let row = 0; row < state.chunks.rows; row++) yield placeOfRow(state, row);
}

export function hasPack({ packs }: VaultState, packId: string): boolean {
  return packs.byId.find(fromHex(packId)) >= 0;
}

export function* packsOf({ packs }: VaultState): Generator<PackPlace> {
  for (let row = 0; row < packs.rows; row++) yield { id: toHex(packs.id.view(row)), size: packs.size.get(row) };
}

/** A pack with the chunks that lie in it. */
export interface PackInUse extends PackPlace {
  /** How many, at least one. */
  readonly chunks: number;
}

/** The packs that chunks lie in. One whose chunks all got another place since is not needed any more, whatever is left of it. */
export function packsInUse(state: VaultState): PackInUse[] {
  const { chunks, packs } = state;
  const counts = new Uint32Array(packs.rows);
  for (let row = 0; row < chunks.rows; row++) {
    const pack = chunks.pack.get(row);
    counts[pack] = (counts[pack] as number) + 1;
  }
  return [...packsOf(state)].flatMap((place, row) => {
    const count = counts[row] as number;
    return count === 0 ? [] : [{ ...place, chunks: count }];
  });
}

/** How many of each the state knows. */
export function countsOf(state: VaultState): { nodes: number; versions: number; chunks: number; packs: number } {
  const { nodes, versions, chunks, packs } = state;
  return { nodes: nodes.rows - 1, versions: versions.rows, chunks: chunks.rows, packs: packs.rows };
}

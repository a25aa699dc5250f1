/**
 * The state of files once more, in the plainest way: maps of objects under hex ids. What the tables of `shared/vault` are
 * compared with. Knows file operations and the index only.
 */
import { toHex } from '../../shared/bytes/index.ts';
import { integrityError } from '../../shared/errors/index.ts';
import { NODE_KIND, type Op, type OpOf, type PutVersion } from '../../shared/format/index.ts';
import { ROOT } from '../../shared/vault/index.ts';

interface Version extends PutVersion {
  readonly seq: number;
}

export interface ReferenceNode {
  readonly fileId: string;
  parent: string;
  name: string;
  readonly kind: number;
  deleted: boolean;
  /** Oldest first. */
  readonly versions: Version[];
}

interface Place {
  readonly pack: { readonly id: string; readonly size: number };
  readonly off: number;
  readonly len: number;
  readonly salt: Uint8Array;
}

export interface ReferenceState {
  readonly nodes: Map<string, ReferenceNode>;
  /** Folder id → live names in it → ids, in the order they entered. */
  readonly children: Map<string, Map<string, string[]>>;
  /** Version id → file id. */
  readonly versions: Map<string, string>;
  /** Chunk id → place. */
  readonly index: Map<string, Place>;
  readonly packs: Map<string, Place['pack']>;
}

export function referenceState(): ReferenceState {
  return {
    nodes: new Map(),
    children: new Map([[ROOT, new Map()]]),
    versions: new Map(),
    index: new Map(),
    packs: new Map(),
  };
}

/** E_INTEGRITY for an operation that does not fit; the state is then as it was. */
export function applyToReference(state: ReferenceState, op: Op, seq: number): void {
  switch (op.op) {
    case 'put-version':
      applyVersion(state, op, seq);
      break;
    case 'move':
      applyMove(state, op);
      break;
    case 'tombstone':
      setDeleted(state, known(state.nodes.get(toHex(op.fileId))), true);
      break;
    case 'restore':
      setDeleted(state, known(state.nodes.get(toHex(op.fileId))), false);
      break;
    case 'index-add':
      applyIndex(state, op);
      break;
    default:
      throw new Error(`the reference does not know ${op.op}`);
  }
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw integrityError();
  return value;
}

function applyVersion(state: ReferenceState, op: PutVersion, seq: number): void {
  const fileId = toHex(op.fileId);
  const versionId = toHex(op.versionId);
  const parent = toHex(op.parent);
  if (state.versions.has(versionId) || fileId === ROOT) throw integrityError();
  requireFolder(state, parent);
  const existing = state.nodes.get(fileId);
  if (op.prevVersion !== null && state.versions.get(toHex(op.prevVersion)) !== fileId) throw integrityError();
  if (existing !== undefined && (existing.kind !== op.kind || isWithin(state, parent, fileId))) throw integrityError();
  const version = { ...op, seq };
  state.versions.set(versionId, fileId);
  if (existing === undefined) {
    const { name, kind } = op;
    const node = { fileId, parent, name, kind, deleted: false, versions: [version] };
    state.nodes.set(fileId, node);
    if (op.kind === NODE_KIND.folder) state.children.set(fileId, new Map());
    enter(state, node);
    return;
  }
  existing.versions.push(version);
  place(state, existing, parent, op.name);
}

function applyMove(state: ReferenceState, op: OpOf<'move'>): void {
  const node = known(state.nodes.get(toHex(op.fileId)));
  const parent = toHex(op.parent);
  requireFolder(state, parent);
  place(state, node, parent, op.name);
}

/** Puts a node under a name; a new version of a deleted file brings it back. */
function place(state: ReferenceState, node: ReferenceNode, parent: string, name: string): void {
  if (isWithin(state, parent, node.fileId)) throw integrityError();
  // It keeps its turn among those of its name.
  if (!node.deleted && node.parent === parent && node.name === name) return;
  if (!node.deleted) leave(state, node);
  node.parent = parent;
  node.name = name;
  node.deleted = false;
  enter(state, node);
}

function setDeleted(state: ReferenceState, node: ReferenceNode, deleted: boolean): void {
  if (node.deleted === deleted) return;
  if (deleted) leave(state, node);
  node.deleted = deleted;
  if (!deleted) enter(state, node);
}

function enter(state: ReferenceState, node: ReferenceNode): void {
  const names = known(state.children.get(node.parent));
  const ids = names.get(node.name);
  if (ids === undefined) names.set(node.name, [node.fileId]);
  else ids.push(node.fileId);
}

function leave(state: ReferenceState, node: ReferenceNode): void {
  const names = known(state.children.get(node.parent));
  const ids = known(names.get(node.name)).filter((id) => id !== node.fileId);
  if (ids.length === 0) names.delete(node.name);
  else names.set(node.name, ids);
}

function requireFolder(state: ReferenceState, parent: string): void {
  if (!state.children.has(parent)) throw integrityError();
}

/** True when `folder` is `ancestor` or lies under it. */
function isWithin(state: ReferenceState, folder: string, ancestor: string): boolean {
  let at = folder;
  while (at !== ROOT) {
    if (at === ancestor) return true;
    at = known(state.nodes.get(at)).parent;
  }
  return false;
}

function applyIndex(state: ReferenceState, op: OpOf<'index-add'>): void {
  if (op.blobs.some(([, off, len]) => off + len > op.size)) throw integrityError();
  const id = toHex(op.pack);
  const pack = state.packs.get(id) ?? { id, size: op.size };
  state.packs.set(id, pack);
  let replaced: string | null = null;
  for (const [cid, off, len, salt] of op.blobs) {
    const key = toHex(cid);
    if (len > 0 && (replaced === key || !state.index.has(key))) state.index.set(key, { pack, off, len, salt });
    replaced = len === 0 ? key : null;
  }
}

/**
 * state = apply(entries): the same entries give the same state everywhere. Pure but for the state it is handed, which it
 * owns. An entry that does not fit is proof of a fault or of tampering: E_INTEGRITY, and the state must not be used on.
 */
import { toHex } from '../bytes/index.ts';
import { integrityError } from '../errors/index.ts';
import { type Entry, NODE_KIND, type Op, type OpOf, type PutVersion } from '../format/index.ts';
import { type NodeState, ROOT, type VaultState } from './state.ts';

/** Applies one verified entry; its signature and certificates were checked by the caller. */
export function applyEntry(state: VaultState, entry: Entry, seq: number, hash: VaultState['hash']): void {
  if (seq !== state.seq + 1) throw integrityError();
  for (const op of entry.ops) applyOp(state, op, seq);
  if (state.genesis === null) throw integrityError();
  state.seq = seq;
  state.hash = hash;
  state.lastCommitAt = entry.t;
}

function applyOp(state: VaultState, op: Op, seq: number): void {
  switch (op.op) {
    case 'genesis':
      applyGenesis(state, op, seq);
      break;
    case 'device-cert':
      applyDevice(state, op);
      break;
    case 'device-revoke':
      known(state.devices.get(toHex(op.deviceId))).revoked = true;
      break;
    case 'grant-key':
      state.grants.push(op);
      break;
    case 'link-create':
      state.links.set(toHex(op.secret), op);
      break;
    case 'link-revoke':
      state.links.delete(toHex(op.secret));
      break;
    case 'suite-raise':
      if (op.minSuite < state.minSuite) throw integrityError();
      state.minSuite = op.minSuite;
      break;
    default:
      applyFileOp(state, op, seq);
  }
}

type FileOp = Extract<Op, { op: 'put-version' | 'move' | 'tombstone' | 'restore' | 'index-add' }>;

function applyFileOp(state: VaultState, op: FileOp, seq: number): void {
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
      op satisfies never;
  }
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw integrityError();
  return value;
}

function applyGenesis(state: VaultState, op: OpOf<'genesis'>, seq: number): void {
  if (seq !== 1 || state.genesis !== null) throw integrityError();
  state.genesis = op;
  state.minSuite = op.minSuite;
}

/** A device that was revoked stays so, whoever repeats its certificate. */
function applyDevice(state: VaultState, op: OpOf<'device-cert'>): void {
  const id = toHex(op.deviceId);
  const revoked = state.devices.get(id)?.revoked ?? false;
  state.devices.set(id, { publicKey: op.publicKey, name: op.name, revoked });
}

function applyVersion(state: VaultState, op: PutVersion, seq: number): void {
  const fileId = toHex(op.fileId);
  const versionId = toHex(op.versionId);
  const parent = toHex(op.parent);
  if (state.versions.has(versionId) || fileId === ROOT) throw integrityError();
  requireFolder(state, parent);
  const existing = state.nodes.get(fileId);
  if (op.prevVersion !== null && state.versions.get(toHex(op.prevVersion)) !== fileId) throw integrityError();
  const version = { ...op, seq };
  state.versions.set(versionId, fileId);
  if (existing === undefined) {
    const { name, kind } = op;
    const node = { fileId, parent, name, kind, deleted: false, versionCount: 1, versions: [version] };
    state.nodes.set(fileId, node);
    if (op.kind === NODE_KIND.folder) state.children.set(fileId, new Map());
    enter(state, node);
    return;
  }
  if (existing.kind !== op.kind) throw integrityError();
  existing.versionCount = existing.versions.push(version);
  place(state, existing, parent, op.name);
}

function applyMove(state: VaultState, op: OpOf<'move'>): void {
  const node = known(state.nodes.get(toHex(op.fileId)));
  const parent = toHex(op.parent);
  requireFolder(state, parent);
  place(state, node, parent, op.name);
}

/** Puts a node under a name; a new version of a deleted file brings it back. */
function place(state: VaultState, node: NodeState, parent: string, name: string): void {
  if (isWithin(state, parent, node.fileId)) throw integrityError();
  if (!node.deleted) leave(state, node);
  node.parent = parent;
  node.name = name;
  node.deleted = false;
  enter(state, node);
}

function setDeleted(state: VaultState, node: NodeState, deleted: boolean): void {
  if (node.deleted === deleted) return;
  if (deleted) leave(state, node);
  node.deleted = deleted;
  if (!deleted) enter(state, node);
}

function enter(state: VaultState, node: NodeState): void {
  const names = known(state.children.get(node.parent));
  const ids = names.get(node.name);
  if (ids === undefined) names.set(node.name, [node.fileId]);
  else ids.push(node.fileId);
}

function leave(state: VaultState, node: NodeState): void {
  const names = known(state.children.get(node.parent));
  const ids = known(names.get(node.name)).filter((id) => id !== node.fileId);
  if (ids.length === 0) names.delete(node.name);
  else names.set(node.name, ids);
}

function requireFolder(state: VaultState, parent: string): void {
  if (!state.children.has(parent)) throw integrityError();
}

/** True when `folder` is `ancestor` or lies under it. */
function isWithin(state: VaultState, folder: string, ancestor: string): boolean {
  let at = folder;
  while (at !== ROOT) {
    if (at === ancestor) return true;
    at = known(state.nodes.get(at)).parent;
  }
  return false;
}

function applyIndex(state: VaultState, op: OpOf<'index-add'>): void {
  const id = toHex(op.pack);
  const pack = state.packs.get(id) ?? { id, size: op.size };
  state.packs.set(id, pack);
  for (const [cid, off, len, salt] of op.blobs) {
    if (off + len > op.size) throw integrityError();
    const key = toHex(cid);
    if (!state.index.has(key)) state.index.set(key, { pack, off, len, salt });
  }
}

/**
 * state = apply(entries): the same entries give the same state everywhere. Pure but for the state it is handed, which it
 * owns. An entry that does not fit is proof of a fault or of tampering: E_INTEGRITY, and the state must not be used on.
 */
import { equal, toHex, utf8 } from '../bytes/index.ts';
import { integrityError } from '../errors/index.ts';
import type { Entry, Op, OpOf, PutVersion } from '../format/index.ts';
import { encodeFacts } from './facts.ts';
import { requireFit, standingOf } from './fits.ts';
import type { AddedName } from './names.ts';
import type { DeviceState, VaultState } from './state.ts';

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
  requireFit(standingOf(state), op, seq);
  switch (op.op) {
    case 'genesis':
      state.genesis = op;
      state.minSuite = op.minSuite;
      break;
    case 'device-cert':
      applyDevice(state, op);
      break;
    case 'device-revoke':
      (state.devices.get(toHex(op.deviceId)) as DeviceState).revoked = true;
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
      state.minSuite = op.minSuite;
      break;
    default:
      applyFileOp(state, op, seq);
  }
}

type FileOp = Extract<Op, { op: 'put-version' | 'move' | 'tombstone' | 'restore' | 'index-add' }>;

function applyFileOp(state: VaultState, op: FileOp, seq: number): void {
  const { nodes } = state;
  switch (op.op) {
    case 'put-version':
      applyVersion(state, op, seq);
      break;
    case 'move':
      move(state, nodes.byId.find(op.fileId), nodes.byId.find(op.parent), op.name);
      break;
    case 'tombstone':
      setDeleted(state, nodes.byId.find(op.fileId), true);
      break;
    case 'restore':
      setDeleted(state, nodes.byId.find(op.fileId), false);
      break;
    case 'index-add':
      applyIndex(state, op);
      break;
    default:
      op satisfies never;
  }
}

/** A device that was revoked stays so, whoever repeats its certificate. */
function applyDevice(state: VaultState, op: OpOf<'device-cert'>): void {
  const id = toHex(op.deviceId);
  const revoked = state.devices.get(id)?.revoked ?? false;
  state.devices.set(id, { publicKey: op.publicKey, name: op.name, revoked });
}

function applyVersion(state: VaultState, op: PutVersion, seq: number): void {
  const { nodes, names } = state;
  const existing = nodes.byId.find(op.fileId);
  const name = existing >= 0 ? nameFor(state, existing, op.name) : names.addName(op.name);
  const node = existing >= 0 ? existing : nodes.addNode(op.fileId, op.kind);
  addVersion(state, op, node, name.address, seq);
  place(state, node, nodes.byId.find(op.parent), name);
}

function addVersion(state: VaultState, op: PutVersion, node: number, nameAt: number, seq: number): void {
  const { nodes, versions } = state;
  const row = versions.addRow();
  versions.id.set(row, op.versionId);
  versions.node.set(row, node);
  versions.before.set(row, nodes.newest.get(node));
  versions.seq.set(row, seq);
  versions.size.set(row, op.size);
  versions.mtime.set(row, op.mtime);
  const device = state.versionDevices.number(toHex(op.deviceId));
  const mime = op.mime === null ? -1 : state.mimes.number(op.mime);
  versions.factsAt.set(row, state.facts.add(encodeFacts({ ...op, nameAt, device, mime })));
  nodes.addVersion(node, row);
}

function move(state: VaultState, node: number, parent: number, name: string): void {
  place(state, node, parent, nameFor(state, node, name));
}

/** The node's own name when it is this one. */
function nameFor({ nodes, names }: VaultState, row: number, name: string): AddedName {
  if (!names.isName(nodes.nameAt.get(row), utf8(name))) return names.addName(name);
  const letters = { low: nodes.lettersLow.get(row), high: nodes.lettersHigh.get(row) };
  return { address: nodes.nameAt.get(row), hash: nodes.nameHash.get(row), letters, outline: nodes.outline.view(row) };
}

/** Puts a node under a name; a new version of a deleted file brings it back. */
function place(state: VaultState, node: number, parent: number, name: AddedName): void {
  const { nodes } = state;
  if (!nodes.isDeleted(node)) {
    // It keeps its turn: of two with one name the first stays the first.
    if (nodes.parent.get(node) === parent && nodes.nameAt.get(node) === name.address) return;
    leave(state, node);
  }
  nodes.parent.set(node, parent);
  nodes.nameAt.set(node, name.address);
  nodes.nameHash.set(node, name.hash);
  nodes.lettersLow.set(node, name.letters.low);
  nodes.lettersHigh.set(node, name.letters.high);
  nodes.outline.set(node, name.outline);
  enter(state, node);
}

function setDeleted(state: VaultState, node: number, deleted: boolean): void {
  if (state.nodes.isDeleted(node) === deleted) return;
  if (deleted) leave(state, node);
  else enter(state, node);
}

function enter({ nodes, byName }: VaultState, node: number): void {
  nodes.link(node);
  byName.enter(node);
}

function leave({ nodes, byName }: VaultState, node: number): void {
  byName.leave(node);
  nodes.unlink(node);
}

function applyIndex(state: VaultState, op: OpOf<'index-add'>): void {
  const { packs, chunks } = state;
  let pack = packs.byId.find(op.pack);
  if (pack < 0) {
    pack = packs.addRow();
    packs.id.set(pack, op.pack);
    packs.size.set(pack, op.size);
  }
  for (const [i, [cid, off, len, salt]] of op.blobs.entries()) {
    const known = chunks.byId.find(cid);
    if (len === 0 || (known >= 0 && !isReplaced(op.blobs[i - 1], cid))) continue;
    const row = known >= 0 ? known : chunks.addRow();
    chunks.cid.set(row, cid);
    chunks.salt.set(row, salt);
    chunks.pack.set(row, pack);
    chunks.off.set(row, off);
    chunks.len.set(row, len);
  }
}

/** The first place of a chunk counts, but for a blob that stands behind one of its chunk with length 0. */
function isReplaced(before: OpOf<'index-add'>['blobs'][0] | undefined, cid: Uint8Array): boolean {
  return before !== undefined && before[2] === 0 && equal(before[0], cid);
}

/**
 * Which operations fit a state: the one place that says so. A log cannot take back, so what is about to be appended is asked
 * here too, each operation against the state that those before it would make.
 */
import { type Bytes, equal, toHex } from '../bytes/index.ts';
import { HoldfastError, integrityError } from '../errors/index.ts';
import { NODE_KIND, type Op, type OpOf, type PutVersion } from '../format/index.ts';
import { isRoot, type VaultState } from './state.ts';

interface Node {
  readonly kind: number;
  readonly parent: Bytes;
}

/** What an operation is held against. */
export interface Standing {
  /** True when there is a genesis. */
  readonly founded: boolean;
  readonly minSuite: number;
  hasDevice(id: Bytes): boolean;
  /** Null when no operation made a node of this id; the root is a folder. */
  node(id: Bytes): Node | null;
  /** The file that a version is of; null when there is no such version. */
  fileOf(versionId: Bytes): Bytes | null;
}

/** E_INTEGRITY for an operation of entry `seq` that does not fit. */
export function requireFit(standing: Standing, op: Op, seq: number): void {
  if (!fits(standing, op, seq)) throw integrityError();
}

function fits(standing: Standing, op: Op, seq: number): boolean {
  switch (op.op) {
    case 'genesis':
      return seq === 1 && !standing.founded;
    case 'device-revoke':
      return standing.hasDevice(op.deviceId);
    case 'suite-raise':
      return op.minSuite >= standing.minSuite;
    case 'put-version':
      return fitsVersion(standing, op);
    case 'move':
      return isNode(standing, op.fileId) && fitsPlace(standing, op);
    case 'tombstone':
    case 'restore':
      return isNode(standing, op.fileId);
    case 'index-add':
      return op.blobs.every(([, off, len]) => off + len <= op.size);
    default:
      return true;
  }
}

function isNode(standing: Standing, fileId: Bytes): boolean {
  return !isRoot(fileId) && standing.node(fileId) !== null;
}

function fitsVersion(standing: Standing, op: PutVersion): boolean {
  if (isRoot(op.fileId) || standing.fileOf(op.versionId) !== null) return false;
  if (op.prevVersion !== null) {
    const file = standing.fileOf(op.prevVersion);
    if (file === null || !equal(file, op.fileId)) return false;
  }
  const node = standing.node(op.fileId);
  if (node === null) return isFolder(standing, op.parent);
  return node.kind === op.kind && fitsPlace(standing, op);
}

/** The parent is a folder, and neither the file nor below it. */
function fitsPlace(standing: Standing, { fileId, parent }: Pick<OpOf<'move'>, 'fileId' | 'parent'>): boolean {
  if (!isFolder(standing, parent)) return false;
  for (let at = parent; !isRoot(at); at = (standing.node(at) as Node).parent) if (equal(at, fileId)) return false;
  return true;
}

function isFolder(standing: Standing, id: Bytes): boolean {
  return standing.node(id)?.kind === NODE_KIND.folder;
}

export function standingOf(state: VaultState): Standing {
  const { nodes, versions, devices, genesis, minSuite } = state;
  return {
    founded: genesis !== null,
    minSuite,
    hasDevice: (id) => devices.has(toHex(id)),
    node(id) {
      const row = nodes.byId.find(id);
      return row < 0 ? null : { kind: nodes.kind(row), parent: nodes.id.view(nodes.parent.get(row)) };
    },
    fileOf(versionId) {
      const row = versions.byId.find(versionId);
      return row < 0 ? null : nodes.id.view(versions.node.get(row));
    },
  };
}

/** E_INPUT when the operations, one after another, would not fit the state; which stays as it is. */
export function rehearse(state: VaultState, ops: readonly Op[]): void {
  const now = standingOf(state);
  const nodes = new Map<string, Node>();
  const versions = new Map<string, Bytes>();
  const devices = new Set<string>();
  let { founded, minSuite } = now;
  for (const op of ops) {
    const standing: Standing = {
      founded,
      minSuite,
      hasDevice: (id) => devices.has(toHex(id)) || now.hasDevice(id),
      node: (id) => nodes.get(toHex(id)) ?? now.node(id),
      fileOf: (id) => versions.get(toHex(id)) ?? now.fileOf(id),
    };
    if (!fits(standing, op, state.seq + 1)) throw new HoldfastError('E_INPUT', `${op.op} does not fit the vault`);
    if (op.op === 'put-version') {
      versions.set(toHex(op.versionId), op.fileId);
      nodes.set(toHex(op.fileId), op);
    } else if (op.op === 'move') {
      nodes.set(toHex(op.fileId), { ...(standing.node(op.fileId) as Node), parent: op.parent });
    } else if (op.op === 'device-cert') devices.add(toHex(op.deviceId));
    else if (op.op === 'genesis') founded = true;
    if (op.op === 'suite-raise' || op.op === 'genesis') minSuite = op.minSuite;
  }
}

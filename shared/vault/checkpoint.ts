/**
 * Writes a state down on this device and takes it up again: what was verified once need not be verified at every start.
 * Only pieces that changed since the last time are sealed anew. What does not open is as good as not there.
 */
import { mapConcurrent } from '../async/index.ts';
import type { Random } from '../async/ports.ts';
import { type Bytes, fromHex, toHex } from '../bytes/index.ts';
import { integrityError } from '../errors/index.ts';
import {
  type CheckpointHead,
  type CheckpointSection,
  openCheckpointHead,
  openCheckpointPiece,
  sealCheckpointHead,
  sealCheckpointPiece,
} from '../format/index.ts';
import type { Arena } from './arena.ts';
import type { CheckpointStore, PinnedHead, StoredCheckpoint } from './ports.ts';
import { blankState, type VaultState } from './state.ts';
import { Table } from './table.ts';

/** Pieces of some half a megabyte that are read and opened at one time. */
const AT_ONCE = 8;

export interface CheckpointPorts {
  readonly keyStore: CheckpointStore;
  readonly random: Random;
}

const partsOf = (state: VaultState): readonly (Table | Arena)[] => [
  state.nodes,
  state.versions,
  state.chunks,
  state.packs,
  state.names,
  state.facts,
];

const extentOf = (part: Table | Arena): number => (part instanceof Table ? part.rows : part.end);

/**
 * The state that this device wrote down last; null when there is none, or it is not what this device wrote for this vault
 * at a place that agrees with the pinned head.
 */
export async function openCheckpoint(
  store: CheckpointStore,
  vaultId: string,
  cacheKey: Bytes,
  pinned: PinnedHead | null,
): Promise<VaultState | null> {
  const stored = await store.checkpoint(vaultId);
  if (stored === null) return null;
  try {
    if (pinned?.seq === stored.seq && pinned.hash !== stored.hash) throw integrityError();
    return await stateOf(stored, fromHex(vaultId), cacheKey);
  } catch {
    // Whatever is wrong with it, the log says the same; and what does not open now never will.
    await store.dropCheckpoint(vaultId);
    return null;
  }
}

async function stateOf(stored: StoredCheckpoint, vaultId: Bytes, cacheKey: Bytes): Promise<VaultState> {
  const place = { vaultId, seq: stored.seq, hash: fromHex(stored.hash) };
  const head = await openCheckpointHead(cacheKey, place, stored.head);
  const state = blankState();
  Object.assign(state, { seq: place.seq, hash: place.hash, minSuite: head.minSuite, lastCommitAt: head.lastCommitAt });
  takeFacts(state, head);
  const open = async (name: Bytes): Promise<Bytes> => {
    const read = stored.pieces.get(toHex(name));
    if (read === undefined) throw integrityError();
    return openCheckpointPiece(cacheKey, vaultId, name, await read());
  };
  const names = head.sections.flatMap(([, pieces]) => pieces);
  const opened: Bytes[] = [];
  for await (const piece of mapConcurrent(names, AT_ONCE, open)) opened.push(piece);
  for (const [i, part] of partsOf(state).entries()) {
    const [extent, pieces] = head.sections[i] as CheckpointSection;
    part.load(extent, opened.splice(0, pieces.length), pieces.map(toHex));
  }
  return state;
}

function takeFacts(state: VaultState, head: CheckpointHead): void {
  for (const op of head.ops) {
    if (op.op === 'genesis') state.genesis = op;
    else if (op.op === 'grant-key') state.grants.push(op);
    else if (op.op === 'link-create') state.links.set(toHex(op.secret), op);
    else throw integrityError();
  }
  for (const [id, publicKey, name, revoked] of head.devices)
    state.devices.set(toHex(id), { publicKey, name, revoked: revoked === 1 });
  for (const id of head.versionDevices) state.versionDevices.number(toHex(id));
  for (const mime of head.mimes) state.mimes.number(mime);
}

/**
 * Writes the state down; it must not change meanwhile. False when another context keeps one that is as new, or has thrown
 * away pieces that this one was to build on: the next attempt then writes all of them.
 */
export async function saveCheckpoint(
  { keyStore, random }: CheckpointPorts,
  vaultId: string,
  cacheKey: Bytes,
  state: VaultState,
): Promise<boolean> {
  const id = fromHex(vaultId);
  const sections: CheckpointSection[] = [];
  for (const part of partsOf(state)) {
    for (const [at, saved] of part.saved.entries()) {
      if (saved !== null) continue;
      const name = random.bytes(16);
      const sealed = await sealCheckpointPiece(cacheKey, id, name, part.part(at), random.bytes(32));
      await keyStore.putPiece(vaultId, toHex(name), sealed);
      part.saved[at] = toHex(name);
    }
    sections.push([extentOf(part), part.saved.map((name) => fromHex(name as string))]);
  }
  const place = { vaultId: id, seq: state.seq, hash: state.hash };
  const head = await sealCheckpointHead(cacheKey, place, { ...factsOf(state), sections }, random.bytes(32));
  const pieces = sections.flatMap(([, names]) => names.map(toHex));
  const kept = await keyStore.putCheckpoint(vaultId, { seq: state.seq, hash: toHex(state.hash), head, pieces });
  if (!kept) for (const part of partsOf(state)) part.saved.fill(null);
  return kept;
}

function factsOf(state: VaultState): Omit<CheckpointHead, 'sections'> {
  const { genesis, lastCommitAt, minSuite } = state;
  const devices = [...state.devices].map(([id, { publicKey, name, revoked }]): CheckpointHead['devices'][0] => [
    fromHex(id),
    publicKey,
    name,
    revoked ? 1 : 0,
  ]);
  return {
    lastCommitAt,
    minSuite,
    ops: [...(genesis === null ? [] : [genesis]), ...state.grants, ...state.links.values()],
    devices,
    versionDevices: state.versionDevices.values.map(fromHex),
    mimes: state.mimes.values,
  };
}

/**
 * A state of as many files as one likes, built by operations without sealing a log: folders of photos, documents, music and
 * code as people have them, three levels deep, one chunk a file, some 60 chunks a pack. The same numbers give the same state.
 */
import { NODE_KIND, type Op, type OpOf, type PutVersion } from '../../shared/format/index.ts';
import { applyEntry, emptyState, type VaultState } from '../../shared/vault/index.ts';

const FILES_PER_FOLDER = 200;
const OPS_PER_ENTRY = 64;
const CHUNKS_PER_PACK = 60;
const PACK = 4_194_304;
const START = 1_500_000_000_000;
const KINDS = [
  { top: 'Photos', name: (n: number) => `IMG_2024${pad(n % 1231, 4)}_${pad(n % 86_399, 6)}.jpg`, mime: 'image/jpeg' },
  {
    top: 'Documents',
    name: (n: number) => `${WORDS[n % 16]} ${WORDS[(n >> 4) % 16]} ${n}.pdf`,
    mime: 'application/pdf',
  },
  {
    top: 'Music',
    name: (n: number) => `${pad(n % 20, 2)} - ${WORDS[(n >> 3) % 16]} Song ${n}.flac`,
    mime: 'audio/flac',
  },
  { top: 'Projects', name: (n: number) => `${WORDS[n % 16]}-${WORDS[(n >> 5) % 16]}.${n}.ts`, mime: 'text/plain' },
  { top: 'Übersicht', name: (n: number) => `Überblick ${WORDS[n % 16]} №${n}.odt`, mime: null },
] as const;
const WORDS =
  'report invoice holiday budget letter meeting contract summer garden recipe travel music school taxes photo plan'.split(
    ' ',
  );

function pad(n: number, digits: number): string {
  return String(n).padStart(digits, '0');
}

/** Bytes that look random and are different for every `n`. */
function idOf(n: number, length: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(length / 4);
  let x = Math.imul(n + 1, 0x9e3779b1);
  for (let i = 0; i < words.length; i++) {
    x = Math.imul(x ^ (x >>> 15), 0x85ebca6b) + i;
    words[i] = x ^ (x >>> 13);
  }
  words[1] = n;
  return new Uint8Array(words.buffer);
}

export const LARGE_GENESIS: OpOf<'genesis'> = {
  op: 'genesis',
  kind: 1,
  minSuite: 1,
  identity: idOf(-7, 32),
  accountId: idOf(-8, 16),
  createdAt: START,
  serverId: idOf(-9, 16),
  serverPublicKey: 'key',
};

/** A new file at the root. */
export const fileOf = (n: number, name: string): PutVersion => version(n, name, new Uint8Array(16), { size: 1_000 });

/** `files` files and the folders they need: operations in entries of 64, as a backup would write them. */
export function largeState(files: number, genesis: OpOf<'genesis'> = LARGE_GENESIS): VaultState {
  const state = emptyState();
  let ops: Op[] = [genesis];
  const commit = (): void => {
    const entry = { device: idOf(-3, 16), grant: 0, t: START, seen: [], ops };
    applyEntry(state, entry, state.seq + 1, idOf(state.seq, 32));
    ops = [];
  };
  const add = (op: Op): void => {
    if (ops.push(op) === OPS_PER_ENTRY) commit();
  };
  const folder = (n: number, name: string, parent: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
    const id = idOf(n, 16);
    add(version(n, name, parent, { kind: NODE_KIND.folder }));
    return id;
  };
  let next = files;
  const tops = KINDS.map(({ top }) => folder(next++, top, new Uint8Array(16)));
  let parent = tops[0] as Uint8Array<ArrayBuffer>;
  for (let n = 0; n < files; n++) {
    const kind = Math.floor(n / FILES_PER_FOLDER) % KINDS.length;
    const { name, mime } = KINDS[kind] as (typeof KINDS)[number];
    if (n % FILES_PER_FOLDER === 0) {
      const place = Math.floor(n / FILES_PER_FOLDER);
      parent = folder(next++, `${WORDS[place % 16]} ${place}`, tops[kind] as Uint8Array<ArrayBuffer>);
    }
    if (n % CHUNKS_PER_PACK === 0) add(indexAdd(n, Math.min(files, n + CHUNKS_PER_PACK)));
    const size = 1_000 + (n % 60_000);
    const manifest = { op: 'inline' as const, chunks: [[size, idOf(n, 32)] as [number, Uint8Array<ArrayBuffer>]] };
    add(version(n, name(n), parent, { size, mime, manifest }));
  }
  if (ops.length > 0) commit();
  return state;
}

function indexAdd(from: number, to: number): Op {
  const blobs = Array.from(
    { length: to - from },
    (_, i): [Uint8Array<ArrayBuffer>, number, number, Uint8Array<ArrayBuffer>] => [
      idOf(from + i, 32),
      36 + i * 60_000,
      50_000,
      idOf(-from - i, 16),
    ],
  );
  return { op: 'index-add', pack: idOf(-from, 32), size: PACK, blobs };
}

function version(n: number, name: string, parent: Uint8Array<ArrayBuffer>, more: Partial<PutVersion>): PutVersion {
  return {
    op: 'put-version',
    fileId: idOf(n, 16),
    versionId: idOf(n, 16),
    prevVersion: null,
    parent,
    name,
    nameNfc: name,
    size: 0,
    mtime: START + n * 1_000,
    btime: null,
    mode: null,
    kind: NODE_KIND.file,
    rootHash: idOf(n, 32),
    manifest: { op: 'inline', chunks: [] },
    deviceId: idOf(-3, 16),
    sourcePathHash: new Uint8Array(8),
    capturedAt: START,
    flags: 0,
    mime: null,
    attributes: new Map(),
    ...more,
  };
}

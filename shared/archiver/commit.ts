/**
 * Makes versions count: index and version operations for packs that are durable, appended with the packs as a
 * precondition. Built anew upon whatever head the log has, so a retry after a lost answer adds nothing twice.
 */
import type { Random } from '../async/ports.ts';
import { type Bytes, concat, fromHex, toHex, utf8 } from '../bytes/index.ts';
import { sha256 } from '../crypto/index.ts';
import {
  MAX_MIME_BYTES,
  MAX_NAME_BYTES,
  MAX_TEXT_BYTES,
  NODE_KIND,
  type Op,
  type PutVersion,
  ROOT_FOLDER,
  rootHash,
  VERSION_FLAG,
} from '../format/index.ts';
import {
  childByName,
  fileByPath,
  hasChunk,
  hasPack,
  hasVersion,
  newestVersion,
  type VaultState,
} from '../vault/index.ts';

import type { ArchiverDeps, SentPack } from './deps.ts';
import { bringsBack, isStored, type LostPacks } from './lost.ts';
import type { ReadFile } from './read.ts';

interface CommitContext {
  readonly deviceId: Bytes;
  readonly random: Random;
}

/** Appends what the log does not say yet of these packs, which are durable, and files. Errors: those of `append`. */
export async function commit(
  deps: ArchiverDeps,
  packs: readonly SentPack[],
  files: readonly ReadFile[],
  lost: LostPacks,
  signal?: AbortSignal,
): Promise<void> {
  const { vault, tokens, clock } = deps;
  const ids = packs.map(({ id }) => id);
  // Known before the log names them, so that what was lost never counts as mended unread.
  const replacing = packs.filter(({ rows }) => bringsBack(vault.state, rows, lost)).map(({ id }) => id);
  if (replacing.length > 0) await tokens.owe(vault.vaultId, replacing, clock.now()).catch(() => undefined);
  await vault.append((state) => buildCommit(deps, state, packs, files, lost), ids, signal);
}

/** Operations that are missing in `state` for these packs and files. */
async function buildCommit(
  context: CommitContext,
  state: VaultState,
  packs: readonly SentPack[],
  files: readonly ReadFile[],
  lost: LostPacks,
): Promise<Op[]> {
  const ops: Op[] = packs.filter((pack) => !hasPack(state, pack.id)).map((pack) => indexAdd(state, pack, lost));
  const tree = new Placing(context, state, ops);
  // An item may have come twice.
  const byVersion = new Map(files.map((file) => [toHex(file.item.versionId), file]));
  for (const file of byVersion.values()) if (!hasVersion(state, file.item.versionId)) await tree.putFile(file);
  return ops;
}

/** A lost place is replaced. What another device has stored meanwhile stays where it is. */
function indexAdd(state: VaultState, pack: SentPack, lost: LostPacks): Op {
  const blobs: [Bytes, number, number, Bytes][] = [];
  for (const { cid, off, len, salt } of pack.rows) {
    if (isStored(state, cid, lost)) continue;
    if (hasChunk(state, cid)) blobs.push([cid, 0, 0, salt]);
    blobs.push([cid, off, len, salt]);
  }
  return { op: 'index-add', pack: fromHex(pack.id), size: pack.size, blobs };
}

/** True when the newest version of the item's path already says the same. */
export function sayNothingNew(
  state: VaultState,
  file: Pick<ReadFile, 'item' | 'size' | 'mtime' | 'rootHash'>,
): boolean {
  const node = fileByPath(state, file.item.path, file.item.name);
  if (node === null) return false;
  const last = newestVersion(state, node);
  return last.size === file.size && last.mtime === file.mtime && toHex(last.rootHash) === toHex(file.rootHash);
}

interface Known {
  readonly fileId: Bytes;
  readonly lastVersion: Bytes | null;
}

/** Where things go in the tree, what this commit adds included. */
class Placing {
  readonly #context: CommitContext;
  readonly #state: VaultState;
  readonly #ops: Op[];
  readonly #added = new Map<string, Known>();

  constructor(context: CommitContext, state: VaultState, ops: Op[]) {
    this.#context = context;
    this.#state = state;
    this.#ops = ops;
  }

  async putFile(file: ReadFile): Promise<void> {
    const { item } = file;
    const parent = await this.#folder(item.path, item.capturedAt);
    const known = this.#find(parent, item.name, NODE_KIND.file);
    const fileId = known?.fileId ?? this.#context.random.bytes(16);
    this.#put(parent, item.name, {
      ...blank(fileId, item.versionId, parent, item.name, item.capturedAt, this.#context.deviceId),
      prevVersion: known?.lastVersion ?? null,
      size: file.size,
      mtime: file.mtime,
      kind: NODE_KIND.file,
      rootHash: file.rootHash,
      manifest: file.manifest,
      sourcePathHash: (await sha256(concat(...[...item.path, item.name].map((part) => utf8(`${part}\0`))))).slice(0, 8),
      flags: file.changedDuringRead ? VERSION_FLAG.changedDuringRead : 0,
      mime: file.mime !== '' && fits(file.mime, MAX_MIME_BYTES) ? file.mime : null,
      attributes: provenance(item),
    });
  }

  async #folder(path: readonly string[], capturedAt: number): Promise<Bytes> {
    let parent = ROOT_FOLDER;
    for (const name of path) {
      const known = this.#find(parent, name, NODE_KIND.folder);
      if (known !== null) {
        parent = known.fileId;
        continue;
      }
      const { random, deviceId } = this.#context;
      const fileId = random.bytes(16);
      this.#put(parent, name, {
        ...blank(fileId, random.bytes(16), parent, name, capturedAt, deviceId),
        rootHash: await rootHash(0, []),
      });
      parent = fileId;
    }
    return parent;
  }

  #find(parent: Bytes, name: string, kind: number): Known | null {
    const added = this.#added.get(this.#key(parent, name, kind));
    if (added !== undefined) return added;
    const node = childByName(this.#state, toHex(parent), name, kind);
    return node && { fileId: fromHex(node.fileId), lastVersion: newestVersion(this.#state, node).versionId };
  }

  #put(parent: Bytes, name: string, op: PutVersion): void {
    this.#ops.push(op);
    this.#added.set(this.#key(parent, name, op.kind), { fileId: op.fileId, lastVersion: op.versionId });
  }

  #key(parent: Bytes, name: string, kind: number): string {
    return `${toHex(parent)}${kind}${name}`;
  }
}

/** Where the bytes came from. What is too long for the format is left out: the file matters more. */
function provenance({ sourceTitle, sourceUrl }: ReadFile['item']): Map<string, string> {
  const attributes = new Map<string, string>();
  if (sourceTitle !== null && fits(sourceTitle, MAX_TEXT_BYTES)) attributes.set('title', sourceTitle);
  if (sourceUrl !== null && fits(sourceUrl, MAX_TEXT_BYTES)) attributes.set('url', sourceUrl);
  return attributes;
}

/** For search alone: a name whose normal form is longer than the format takes is left as it is. */
function nfcOf(name: string): string {
  const nfc = name.normalize('NFC');
  return nfc === name || fits(nfc, MAX_NAME_BYTES) ? nfc : name;
}

function fits(text: string, maxBytes: number): boolean {
  return utf8(text).length <= maxBytes;
}

function blank(fileId: Bytes, versionId: Bytes, parent: Bytes, name: string, capturedAt: number, deviceId: Bytes) {
  return {
    op: 'put-version' as const,
    fileId,
    versionId,
    prevVersion: null,
    parent,
    name,
    nameNfc: nfcOf(name),
    size: 0,
    mtime: capturedAt,
    btime: null,
    mode: null,
    kind: NODE_KIND.folder as number,
    manifest: { op: 'inline' as const, chunks: [] },
    deviceId,
    sourcePathHash: new Uint8Array(8),
    capturedAt,
    flags: 0,
    mime: null,
    attributes: new Map<string, string>(),
  };
}

/**
 * Packs as files: `packs/ab/<64 hex>`, where `ab` are the first two digits. A pack is written beside its place, synced,
 * renamed into it, and the directory synced, before anybody is told. No path is ever made of anything but a checked id.
 */
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PackRecord, type PackStore, Refusal } from '../domain/index.ts';
import { errorCode, giveBack, onDisk, syncDirectory, writeAll } from './disk.ts';
import { BLOCK_BYTES, PackFileReader } from './pack-file-reader.ts';

const ROOM_HOLDS_MS = 1_000;
/** Every pack has the same time, 2000-01-01, so that a file's date says nothing about its owner's day. */
const EVERY_PACKS_TIME = 946_684_800;
const ID = /^[0-9a-f]{64}$/;

export interface FsPackStoreOptions {
  readonly root: string;
  /** Room that packs leave free on the disk, so that sign-in and the logs go on working when it is full of packs. */
  readonly reserveBytes: number;
}

/** Opens or creates the directory, and sweeps what an interrupted upload left. */
export async function openFsPackStore(options: FsPackStoreOptions): Promise<PackStore> {
  const store = new FsPackStore(options);
  await store.prepare();
  return store;
}

class FsPackStore implements PackStore {
  readonly #root: string;
  readonly #incoming: string;
  readonly #reserveBytes: number;
  /** What was free when the disk was asked, less the reserve and what had been and was since promised. */
  #room = 0;
  #roomUntil = 0;
  /** Bytes of packs that are being received: the disk may not have counted any of them yet. */
  #promised = 0;

  constructor({ root, reserveBytes }: FsPackStoreOptions) {
    this.#root = root;
    this.#incoming = join(root, 'incoming');
    this.#reserveBytes = reserveBytes;
  }

  async prepare(): Promise<void> {
    await rm(this.#incoming, { recursive: true, force: true });
    await mkdir(this.#incoming, { recursive: true });
    for (const folder of FOLDERS) await mkdir(join(this.#root, folder), { recursive: true });
    await syncDirectory(this.#root);
  }

  async put(packId: string, size: number, source: AsyncIterable<Uint8Array>): Promise<void> {
    const place = this.#place(packId);
    await this.#promise(size);
    try {
      await this.#store(place, packId, size, source);
    } finally {
      this.#promised -= size;
    }
  }

  async #store(place: string, packId: string, size: number, source: AsyncIterable<Uint8Array>): Promise<void> {
    const path = join(this.#incoming, randomUUID());
    const handle = await onDisk(open(path, 'wx', 0o600));
    try {
      await receive(handle, packId, size, source);
      await onDisk(Promise.all([handle.utimes(EVERY_PACKS_TIME, EVERY_PACKS_TIME), handle.datasync()]));
      await onDisk(rename(path, place));
      await onDisk(Promise.all([syncDirectory(join(this.#root, packId.slice(0, 2))), handle.close()]));
    } catch (error) {
      await onDisk(rm(path, { force: true }));
      throw error;
    } finally {
      await handle.close();
    }
  }

  async get(packId: string, size: number, start: number, end: number): Promise<AsyncIterable<Uint8Array> | null> {
    const handle = await this.#open(packId);
    if (handle === null) return null;
    try {
      if ((await onDisk(handle.stat())).size === size) return await PackFileReader.open(handle, start, end);
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
    return null;
  }

  async has(packId: string, size: number): Promise<boolean> {
    try {
      return (await stat(this.#place(packId))).size === size;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      return onDisk(Promise.reject(error));
    }
  }

  async remove(packId: string): Promise<void> {
    const place = this.#place(packId);
    try {
      await unlink(place);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') await onDisk(Promise.reject(error));
    }
    await onDisk(syncDirectory(join(this.#root, packId.slice(0, 2))));
  }

  async *list(): AsyncGenerator<PackRecord> {
    for (const folder of FOLDERS) {
      const names = await onDisk(readdir(join(this.#root, folder)));
      for (const packId of names.filter((name) => ID.test(name)).sort()) {
        const { size } = await onDisk(stat(this.#place(packId)));
        yield { packId, size };
      }
    }
  }

  async probe(): Promise<void> {
    const path = join(this.#incoming, randomUUID());
    try {
      await onDisk(writeFile(path, 'written to see whether it can be'));
    } finally {
      await rm(path, { force: true });
    }
  }

  #place(packId: string): string {
    if (!ID.test(packId)) throw new Refusal('bad-request');
    return join(this.#root, packId.slice(0, 2), packId);
  }

  async #open(packId: string): Promise<FileHandle | null> {
    try {
      return await open(this.#place(packId), 'r');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      return onDisk(Promise.reject(error));
    }
  }

  /** The disk is asked once a second, and before a pack is refused. */
  async #promise(size: number): Promise<void> {
    if (this.#room < size || performance.now() > this.#roomUntil) {
      const { bavail, bsize } = await onDisk(statfs(this.#root));
      this.#room = bavail * bsize - this.#reserveBytes - this.#promised;
      this.#roomUntil = performance.now() + ROOM_HOLDS_MS;
    }
    if (this.#room < size) throw new Refusal('server-full');
    this.#room -= size;
    this.#promised += size;
  }
}

const FOLDERS = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** Writes the source while it is hashed; only as many bytes as the pack has. */
async function receive(
  handle: FileHandle,
  packId: string,
  size: number,
  source: AsyncIterable<Uint8Array>,
): Promise<void> {
  const hash = createHash('sha256');
  let received = 0;
  let gathered = 0;
  let blocks: Uint8Array[] = [];
  const flush = async () => {
    const full = blocks;
    blocks = [];
    gathered = 0;
    const writing = onDisk(writeAll(handle, full));
    for (const block of full) hash.update(block);
    await writing;
    full.forEach(giveBack);
  };
  for await (const block of source) {
    received += block.length;
    gathered += block.length;
    if (received > size) throw new Refusal('bad-request');
    blocks.push(block);
    if (gathered >= BLOCK_BYTES) await flush();
  }
  if (received !== size) throw new Refusal('bad-request');
  if (gathered > 0) await flush();
  if (hash.digest('hex') !== packId) throw new Refusal('hash-mismatch');
}

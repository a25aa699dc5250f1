/**
 * A strict reader of stored ZIP archives for tests, written from APPNOTE and sharing nothing with the writer. It takes
 * the archive from its end as readers do, then checks that headers, descriptors and directory agree and that no byte of
 * the archive belongs to nothing.
 */
import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';

export interface Unzipped {
  readonly name: string;
  readonly folder: boolean;
  readonly bytes: Buffer;
  /** Seconds since 1970 from the extended timestamp, null without one. */
  readonly seconds: number | null;
  /** The MS-DOS fields as year, month, day, hour, minute, second. */
  readonly dos: readonly number[];
}

interface Ending {
  readonly count: number;
  readonly length: number;
  readonly offset: number;
}

const u64 = (zip: Buffer, at: number): number => Number(zip.readBigUInt64LE(at));

function readEnding(zip: Buffer): Ending {
  const at = zip.length - 22;
  assert.equal(zip.readUInt32LE(at), 0x06054b50);
  assert.deepEqual([zip.readUInt32LE(at + 4), zip.readUInt16LE(at + 20)], [0, 0]);
  assert.equal(zip.readUInt16LE(at + 8), zip.readUInt16LE(at + 10));
  const small = {
    count: zip.readUInt16LE(at + 10),
    length: zip.readUInt32LE(at + 12),
    offset: zip.readUInt32LE(at + 16),
  };
  if (small.count !== 0xffff && small.length !== 0xffffffff && small.offset !== 0xffffffff) {
    assert.equal(small.offset + small.length, at);
    return small;
  }
  assert.equal(zip.readUInt32LE(at - 20), 0x07064b50);
  assert.deepEqual([zip.readUInt32LE(at - 16), zip.readUInt32LE(at - 4)], [0, 1]);
  const wide = u64(zip, at - 12);
  assert.equal(wide, at - 20 - 56);
  assert.equal(zip.readUInt32LE(wide), 0x06064b50);
  assert.deepEqual([u64(zip, wide + 4), zip.readUInt16LE(wide + 14)], [44, 45]);
  assert.deepEqual([zip.readUInt32LE(wide + 16), zip.readUInt32LE(wide + 20)], [0, 0]);
  const ending = { count: u64(zip, wide + 32), length: u64(zip, wide + 40), offset: u64(zip, wide + 48) };
  assert.equal(u64(zip, wide + 24), ending.count);
  assert.equal(ending.offset + ending.length, wide);
  return ending;
}

function extras(bytes: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt16LE(at + 2);
    assert.ok(end <= bytes.length && !fields.has(bytes.readUInt16LE(at)));
    fields.set(bytes.readUInt16LE(at), bytes.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

function dosOf(time: number, date: number): number[] {
  return [(date >> 9) + 1980, (date >> 5) & 15, date & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2];
}

export function unzip(archive: Uint8Array): Unzipped[] {
  const zip = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const { count, length, offset } = readEnding(zip);
  const entries: Unzipped[] = [];
  let next = 0;
  let at = offset;
  for (let i = 0; i < count; i++) {
    assert.equal(zip.readUInt32LE(at), 0x02014b50);
    const nameEnd = at + 46 + zip.readUInt16LE(at + 28);
    const end = nameEnd + zip.readUInt16LE(at + 30);
    const { entry, local, after } = readEntry(zip, zip.subarray(at, end), zip.subarray(at + 46, nameEnd));
    assert.equal(local, next, 'entries follow one another without a gap');
    next = after;
    at = end;
    entries.push(entry);
  }
  assert.equal(at, offset + length);
  assert.equal(next, offset);
  return entries;
}

function readEntry(zip: Buffer, record: Buffer, name: Buffer): { entry: Unzipped; local: number; after: number } {
  const fields = extras(record.subarray(46 + name.length));
  const [flags, method] = [record.readUInt16LE(8), record.readUInt16LE(10)];
  assert.equal(method, 0);
  assert.equal(flags & ~8, 0x0800);
  const wide = fields.get(1) ?? Buffer.alloc(0);
  let taken = 0;
  const number = (at: number): number => {
    const value = record.readUInt32LE(at);
    if (value !== 0xffffffff) return value;
    taken += 8;
    return u64(wide, taken - 8);
  };
  const [size, packed, local] = [number(24), number(20), number(42)];
  assert.equal(taken, wide.length);
  assert.equal(size, packed);

  const dataAt = readLocal(zip, local, record, name);
  const described = (flags & 8) !== 0;
  const crc = record.readUInt32LE(16);
  const bytes = zip.subarray(dataAt, dataAt + size);
  assert.equal(crc32(bytes), crc);
  const after = dataAt + size + (described ? readDescriptor(zip.subarray(dataAt + size), crc, size) : 0);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(name);
  const folder = text.endsWith('/');
  assert.equal(record.readUInt16LE(40) & 0o170000, folder ? 0o040000 : 0o100000);
  assert.ok(!folder || (size === 0 && !described));
  const seconds = fields.get(0x5455)?.readInt32LE(1) ?? null;
  const dos = dosOf(record.readUInt16LE(12), record.readUInt16LE(14));
  return { entry: { name: text, folder, bytes, seconds, dos }, local, after };
}

/** Checks a local header against its central record; returns where the entry's bytes begin. */
function readLocal(zip: Buffer, at: number, record: Buffer, name: Buffer): number {
  assert.equal(zip.readUInt32LE(at), 0x04034b50);
  const described = (record.readUInt16LE(8) & 8) !== 0;
  // flags, method, time and date stand in both; the CRC and sizes only where no descriptor follows
  const same = described ? 8 : 20;
  assert.deepEqual(zip.subarray(at + 6, at + 6 + same), record.subarray(8, 8 + same));
  const nameEnd = at + 30 + zip.readUInt16LE(at + 26);
  assert.deepEqual(zip.subarray(at + 30, nameEnd), name);
  const end = nameEnd + zip.readUInt16LE(at + 28);
  const here = extras(zip.subarray(nameEnd, end));
  const there = extras(record.subarray(46 + name.length));
  assert.deepEqual(here.get(0x5455), there.get(0x5455));
  assert.equal(zip.readUInt32LE(at + 22) === 0xffffffff, here.has(1));
  return end;
}

/** Checks the descriptor at the start of `bytes`; returns its length. */
function readDescriptor(bytes: Buffer, crc: number, size: number): number {
  assert.deepEqual([bytes.readUInt32LE(0), bytes.readUInt32LE(4)], [0x08074b50, crc]);
  const big = size >= 0xffffffff;
  const sizes = big ? [u64(bytes, 8), u64(bytes, 16)] : [bytes.readUInt32LE(8), bytes.readUInt32LE(12)];
  assert.deepEqual(sizes, [size, size]);
  return big ? 24 : 16;
}

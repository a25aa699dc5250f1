/**
 * Writes a ZIP archive as a stream (APPNOTE 6.3.10): entries stored as they are, UTF-8 names, dates kept, ZIP64 where the
 * numbers need it, and a length that is known before the first byte. Names are written as given and must be safe already
 * (safe-name.ts); a path that could leave the folder it is unpacked in is refused. May not: compress, hold a file.
 *
 * A file's CRC is known only after its bytes, so it follows them in a data descriptor; the sizes there have 8 bytes
 * exactly when the entry's local header carries a ZIP64 field, which is exactly when the size does not fit 32 bits.
 * Folders and empty files have no descriptor.
 */
import { type Bytes, concat, utf8 } from '../bytes/index.ts';
import { HoldfastError, integrityError } from '../errors/index.ts';
import { crc32 } from './crc32.ts';

export interface ZipEntry {
  readonly kind: 'file' | 'folder';
  /** Names from the archive's root; a folder needs an entry only to keep its date or its being empty. */
  readonly path: readonly string[];
  /** Bytes of the file; 0 for a folder. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtime: number;
}

export interface ZipSource extends ZipEntry {
  /** The file's bytes, `size` of them; not called for a folder. */
  open(): AsyncIterable<Bytes>;
}

const MAX_16 = 0xffff;
const MAX_32 = 0xffff_ffff;
const CRC_FOLLOWS = 0x0008;
const NAMES_ARE_UTF8 = 0x0800;
const ZIP64 = 0x0001;
/** Version 4.5 on Unix: the upper half of the outer attributes is a file mode. */
const MADE_BY = (3 << 8) | 45;
const FILE_MODE = 0o100644;
const FOLDER_MODE = 0o040755;
const MS_DOS_FOLDER = 0x10;
/** Central records are handed on in pieces of about this size. */
const BATCH = 65_536;

/** What an entry looks like in the archive, all but its CRC. */
interface Layout {
  readonly name: Bytes;
  readonly size: number;
  readonly folder: boolean;
  readonly big: boolean;
  readonly described: boolean;
  readonly dosTime: number;
  readonly dosDate: number;
  /** Second of the extended timestamp field; null when it does not fit 32 bits, and the field is left out. */
  readonly timestamp: number | null;
}

/** Where an entry begins, and the CRC of its bytes. */
interface Place {
  readonly offset: number;
  readonly crc: number;
}

/** Exact length in bytes of the archive that `zipStream` writes for these entries. Errors: E_INPUT as there. */
export function zipLength(entries: readonly ZipEntry[]): number {
  let offset = 0;
  let central = 0;
  for (const entry of entries) {
    const layout = layoutOf(entry);
    central += centralLength(layout, offset);
    offset += localLength(layout) + layout.size + descriptorLength(layout);
  }
  return offset + central + ending(entries.length, offset, central).length;
}

/**
 * The archive. Entries are opened one after another, each when its turn comes. Errors: E_INPUT for a path or a size that
 * no archive can carry, E_INTEGRITY when an entry gives more or fewer bytes than it said, those of `open`.
 */
export async function* zipStream(entries: readonly ZipSource[]): AsyncGenerator<Bytes, void, undefined> {
  const places: Place[] = [];
  let offset = 0;
  for (const entry of entries) {
    const layout = layoutOf(entry);
    yield localHeader(layout);
    const crc = layout.folder ? 0 : yield* body(entry);
    if (layout.described) yield descriptor(layout, crc);
    places.push({ offset, crc });
    offset += localLength(layout) + layout.size + descriptorLength(layout);
  }
  let central = 0;
  let batch: Bytes[] = [];
  let batched = 0;
  for (const [i, entry] of entries.entries()) {
    const record = centralRecord(layoutOf(entry), places[i] as Place);
    central += record.length;
    batched += record.length;
    batch.push(record);
    if (batched < BATCH) continue;
    yield concat(...batch);
    batch = [];
    batched = 0;
  }
  yield concat(...batch, ending(entries.length, offset, central));
}

/** Hands on a file's bytes and returns their CRC. */
async function* body(entry: ZipSource): AsyncGenerator<Bytes, number, undefined> {
  let crc = 0;
  let left = entry.size;
  for await (const bytes of entry.open()) {
    left -= bytes.length;
    if (left < 0) throw integrityError();
    crc = crc32(bytes, crc);
    yield bytes;
  }
  if (left !== 0) throw integrityError();
  return crc;
}

function layoutOf(entry: ZipEntry): Layout {
  const { kind, path, size, mtime } = entry;
  const folder = kind === 'folder';
  if (!Number.isSafeInteger(size) || size < 0 || (folder && size !== 0)) throw refused('size');
  if (path.length === 0 || !path.every(isName)) throw refused('name');
  const name = utf8(path.join('/') + (folder ? '/' : ''));
  if (name.length > MAX_16) throw refused('name');
  return { name, size, folder, big: size >= MAX_32, described: size > 0, ...dates(mtime) };
}

function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && name.isWellFormed() && !/[/\\\0]/.test(name);
}

function refused(what: string): HoldfastError {
  return new HoldfastError('E_INPUT', `no archive can carry an entry of this ${what}`);
}

/** MS-DOS date and time in UTC, within 1980 to 2107, and the exact second for readers that know the field. */
function dates(mtime: number): Pick<Layout, 'dosTime' | 'dosDate' | 'timestamp'> {
  const second = Math.floor(mtime / 1000);
  const fits = second >= -0x8000_0000 && second <= 0x7fff_ffff;
  const date = new Date(Math.min(Math.max(mtime || 0, Date.UTC(1980)), Date.UTC(2107, 11, 31, 23, 59, 58)));
  return {
    dosTime: (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1),
    dosDate: ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate(),
    timestamp: fits ? second : null,
  };
}

function localLength({ name, big, timestamp }: Layout): number {
  return 30 + name.length + (big ? 20 : 0) + (timestamp === null ? 0 : 9);
}

function localHeader(layout: Layout): Bytes {
  const { name, big } = layout;
  const out = new Fields(localLength(layout)).u32(0x04034b50).u16(big ? 45 : 20);
  shared(out, layout, 0, big ? MAX_32 : 0, 30);
  out.bytes(name);
  if (big) out.u16(ZIP64, 16).u64(0, 0);
  return timestamp(out, layout).done();
}

function descriptorLength({ described, big }: Layout): number {
  if (!described) return 0;
  return big ? 24 : 16;
}

function descriptor(layout: Layout, crc: number): Bytes {
  const out = new Fields(descriptorLength(layout)).u32(0x08074b50, crc);
  return (layout.big ? out.u64(layout.size, layout.size) : out.u32(layout.size, layout.size)).done();
}

/** The numbers of a central record that do not fit 32 bits. */
function wideNumbers({ big, size }: Layout, offset: number): number[] {
  return [...(big ? [size, size] : []), ...(offset >= MAX_32 ? [offset] : [])];
}

function centralLength(layout: Layout, offset: number): number {
  const wide = wideNumbers(layout, offset).length;
  return 46 + layout.name.length + (wide > 0 ? 4 + 8 * wide : 0) + (layout.timestamp === null ? 0 : 9);
}

function centralRecord(layout: Layout, { offset, crc }: Place): Bytes {
  const { name, size, folder, big } = layout;
  const wide = wideNumbers(layout, offset);
  const out = new Fields(centralLength(layout, offset)).u32(0x02014b50).u16(MADE_BY, wide.length > 0 ? 45 : 20);
  shared(out, layout, crc, big ? MAX_32 : size, 46);
  out.u16(0, 0, 0); // no comment, disk 0, no inner attributes
  out.u16(folder ? MS_DOS_FOLDER : 0, folder ? FOLDER_MODE : FILE_MODE).u32(Math.min(offset, MAX_32));
  out.bytes(name);
  if (wide.length > 0) out.u16(ZIP64, 8 * wide.length).u64(...wide);
  return timestamp(out, layout).done();
}

/** The fields that a local header and a central record share; `fixed` is the length of what does not vary. */
function shared(out: Fields, layout: Layout, crc: number, size: number, fixed: number): void {
  const { name, described, dosTime, dosDate } = layout;
  const flags = NAMES_ARE_UTF8 | (described ? CRC_FOLLOWS : 0);
  out
    .u16(flags, 0, dosTime, dosDate)
    .u32(crc, size, size)
    .u16(name.length, out.length - fixed - name.length);
}

/** The extended timestamp field: flags 1, the second of the last change. */
function timestamp(out: Fields, { timestamp: second }: Layout): Fields {
  return second === null ? out : out.u16(0x5455, 5).u8(1).u32(second);
}

/** The end of the central directory, with its ZIP64 form before it when a number does not fit. */
function ending(count: number, offset: number, length: number): Bytes {
  const wide = count >= MAX_16 || offset >= MAX_32 || length >= MAX_32;
  const out = new Fields(wide ? 98 : 22);
  if (wide) {
    // the record's own length is that of what follows; then the locator: where the record is, disk 0 of 1
    out.u32(0x06064b50).u64(44).u16(MADE_BY, 45).u32(0, 0).u64(count, count, length, offset);
    out
      .u32(0x07064b50, 0)
      .u64(offset + length)
      .u32(1);
  }
  out.u32(0x06054b50).u16(0, 0, Math.min(count, MAX_16), Math.min(count, MAX_16));
  return out.u32(Math.min(length, MAX_32), Math.min(offset, MAX_32)).u16(0).done();
}

/** Little-endian fields written one after another into exactly `length` bytes. */
class Fields {
  readonly length: number;
  readonly #view: DataView<ArrayBuffer>;
  #at = 0;

  constructor(length: number) {
    this.length = length;
    this.#view = new DataView(new ArrayBuffer(length));
  }

  u8(value: number): this {
    this.#view.setUint8(this.#at++, value);
    return this;
  }

  u16(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setUint16(this.#at, value, true);
      this.#at += 2;
    }
    return this;
  }

  u32(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setUint32(this.#at, value, true);
      this.#at += 4;
    }
    return this;
  }

  u64(...values: readonly number[]): this {
    for (const value of values) this.u32(value, Math.floor(value / 2 ** 32));
    return this;
  }

  bytes(bytes: Uint8Array): this {
    this.done().set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  done(): Bytes {
    return new Uint8Array(this.#view.buffer);
  }
}

/** A zip archive with nothing of this machine in it: sorted names, one fixed date, no extra fields (APPNOTE 6.3.10, 4.3). */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const VERSION = 20;
const UTF8_NAMES = 0x0800;
const DEFLATE = 8;
const DATE_1980 = 0x0021; // 1980-01-01, the first day a zip can say

function uint(width: 2 | 4, ...values: number[]): Buffer {
  const bytes = Buffer.alloc(width * values.length);
  for (const [i, value] of values.entries()) bytes.writeUIntLE(value, i * width, width);
  return bytes;
}

export function zip(entries: readonly ZipEntry[]): Uint8Array {
  const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of sorted) {
    const label = Buffer.from(name, 'utf8');
    const packed = deflateRawSync(bytes, { level: 9 });
    const common = Buffer.concat([
      uint(2, VERSION, UTF8_NAMES, DEFLATE, 0, DATE_1980),
      uint(4, crc32(bytes), packed.length, bytes.length),
      uint(2, label.length, 0),
    ]);
    const file = Buffer.concat([uint(4, 0x04034b50), common, label, packed]);
    directory.push(uint(4, 0x02014b50), uint(2, VERSION), common, uint(2, 0, 0, 0), uint(4, 0, offset), label);
    files.push(file);
    offset += file.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.concat([
    uint(4, 0x06054b50),
    uint(2, 0, 0, sorted.length, sorted.length),
    uint(4, central.length, offset),
    uint(2, 0),
  ]);
  return Buffer.concat([...files, central, end]);
}

/** CRC-32 as ZIP uses it (ISO 3309, reflected polynomial 0xEDB88320), eight bytes at a time by eight tables. */

/** Table t at 256 · t: what a byte does to the CRC when t zero bytes follow it. */
const TABLE = buildTable();

function buildTable(): Int32Array {
  const table = new Int32Array(8 * 256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    table[n] = c;
  }
  for (let i = 256; i < table.length; i++) {
    const c = table[i - 256] as number;
    table[i] = (c >>> 8) ^ (table[c & 255] as number);
  }
  return table;
}

/** CRC-32 of bytes, unsigned. For a stream hand on the result: crc32(b, crc32(a)) is the CRC of a followed by b. */
export function crc32(bytes: Uint8Array, before = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = (t: number, index: number): number => TABLE[256 * t + (index & 255)] as number;
  let crc = ~before;
  let i = 0;
  for (const last = bytes.length - 8; i <= last; i += 8) {
    const a = crc ^ view.getInt32(i, true);
    const b = view.getInt32(i + 4, true);
    const first = at(7, a) ^ at(6, a >>> 8) ^ at(5, a >>> 16) ^ at(4, a >>> 24);
    crc = first ^ at(3, b) ^ at(2, b >>> 8) ^ at(1, b >>> 16) ^ at(0, b >>> 24);
  }
  for (; i < bytes.length; i++) crc = at(0, crc ^ (bytes[i] as number)) ^ (crc >>> 8);
  return ~crc >>> 0;
}

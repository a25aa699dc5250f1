/** The extension zips: the same bytes every time, and readable from the document of the format alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, inflateRawSync } from 'node:zlib';
import { zip } from '../../.ci/zip.ts';

const files = [
  { name: 'b/ünï.txt', bytes: Buffer.from('hello '.repeat(100)) },
  { name: 'a', bytes: Buffer.alloc(0) },
];

/** Reads the central directory and each file through it. */
function unzip(archive: Uint8Array): Map<string, Buffer> {
  const bytes = Buffer.from(archive);
  const end = bytes.length - 22;
  assert.equal(bytes.readUInt32LE(end), 0x06054b50);
  const found = new Map<string, Buffer>();
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < bytes.readUInt16LE(end + 10); i += 1) {
    assert.equal(bytes.readUInt32LE(at), 0x02014b50);
    const [crc, packed, size] = [16, 20, 24].map((offset) => bytes.readUInt32LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const [nameLength, local] = [bytes.readUInt16LE(at + 28), bytes.readUInt32LE(at + 42)];
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = inflateRawSync(bytes.subarray(start, start + packed));
    assert.deepEqual([content.length, crc32(content)], [size, crc]);
    found.set(bytes.toString('utf8', at + 46, at + 46 + nameLength), content);
    at += 46 + nameLength;
  }
  assert.equal(at, end);
  return found;
}

test('names are sorted, content and checksums are true', () => {
  const found = unzip(zip(files));
  assert.deepEqual([...found.keys()], ['a', 'b/ünï.txt']);
  assert.equal(found.get('b/ünï.txt')?.toString(), 'hello '.repeat(100));
});

test('the order of the input and the time of day do not matter', () => {
  assert.deepEqual(zip(files), zip([...files].reverse()));
});

/** The documents keep up with the code where a machine can tell: labels, operations, limits, vectors, tables. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LABELS, OBJECT_TYPE } from '../../../shared/crypto/index.ts';
import { MAX_CHUNK, MAX_NAME_BYTES, MAX_SEGMENT_CHUNKS, MAX_TEXT_BYTES } from '../../../shared/format/index.ts';
import { LINK_RECORD_CLASSES, PACK_CLASSES } from '../../../shared/protocol/index.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const format = read('docs/format.md');
const threats = read('docs/threat-model.md');

test('format.md lists every label and no other', () => {
  const known = [...Object.values(LABELS), 'ebk1/log/entry', 'ebk1/session/device', 'ebk1/session/recovery'];
  const written = new Set(format.match(/ebk1\/[a-z-]+\/?[a-z-]*/g));
  assert.deepEqual([...written].sort(), known.sort());
});

test('format.md has every operation under its number, and every object type', () => {
  const listed = [...format.matchAll(/^\| (\d+) \| ([a-z-]+) \| (?:`\{|below)/gm)].map((match) => [
    Number(match[1]),
    match[2],
  ]);
  const source = read('shared/format/ops.ts').split('export const opCodec')[1] as string;
  const coded = [...source.matchAll(/^ {2}'?([a-z-]+)'?: \[(\d+),/gm)].map((match) => [Number(match[2]), match[1]]);
  assert.deepEqual(listed, coded);
  for (const type of Object.values(OBJECT_TYPE)) assert.ok(format.includes(`| \`0x${type.toString(16)}\` |`));
});

test('format.md states the limits that the code enforces', () => {
  const limits = [
    MAX_CHUNK,
    MAX_NAME_BYTES,
    MAX_SEGMENT_CHUNKS,
    MAX_TEXT_BYTES,
    ...PACK_CLASSES,
    ...LINK_RECORD_CLASSES,
  ];
  for (const limit of limits) assert.ok(format.includes(limit.toLocaleString('en-US')), `${limit}`);
});

test('format.md prints the frozen vectors', () => {
  const { chunk, zstdChunk, object, link, entry } = JSON.parse(read('test/vectors/format.json'));
  const digits = format.replaceAll(/\s/g, '');
  for (const vector of [
    chunk.h,
    chunk.cid,
    chunk.okm,
    chunk.blob,
    zstdChunk.frame,
    zstdChunk.blob,
    object.object,
    link.fragment,
    link.lookup,
    link.auth,
    link.enc,
    entry.hash,
  ]) {
    assert.ok(digits.includes(vector), vector);
  }
});

test('threat-model.md says of every table what it tells', () => {
  const folder = new URL('server/db/migrations/', root);
  const sql = readdirSync(folder)
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  const tables = [...sql.matchAll(/create table (\w+)/g)].map((match) => match[1]);
  assert.ok(tables.length > 5);
  for (const table of tables) assert.match(threats, new RegExp(`^\\| \`${table}\``, 'm'), table);
});

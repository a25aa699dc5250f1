/** One label, one purpose: all are different, all are used, and none is written down anywhere else. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { utf8 } from '../../../shared/bytes/index.ts';
import { LABELS } from '../../../shared/crypto/index.ts';
import { challengeInput, entryHashInput } from '../../../shared/protocol/index.ts';

const root = new URL('../../../', import.meta.url).pathname;
const HOMES = ['shared/crypto/labels.ts', 'shared/protocol/entry.ts'];

const sources = ['shared', 'web', 'extension', 'server'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => ({ path: join(folder, path), text: readFileSync(join(root, folder, path), 'utf8') })),
);

function literals(text: string): string[] {
  return [...text.matchAll(/['`](ebk1\/[a-z][^'`]*)['`]/g)].map((match) => match[1] as string);
}

test('labels stand in their two homes only, each once', () => {
  const found = sources.flatMap(({ path, text }) => literals(text).map((label) => ({ path, label })));
  assert.deepEqual(
    found.filter(({ path }) => !HOMES.includes(path)),
    [],
  );
  const labels = found.map(({ label }) => label);
  assert.equal(new Set(labels).size, labels.length);
  assert.ok(labels.length > Object.keys(LABELS).length);
  for (const label of labels) assert.match(label, /^ebk1\/[a-z-]+(\/[a-z-]+)?$/);
});

test('every label has a use', () => {
  const text = sources
    .filter(({ path }) => path !== HOMES[0])
    .map((source) => source.text)
    .join('\n');
  for (const name of Object.keys(LABELS)) assert.ok(text.includes(`LABELS.${name}`), name);
});

test('inputs for different purposes never coincide', () => {
  const [id, hash] = [new Uint8Array(16), new Uint8Array(32)];
  const inputs = [
    entryHashInput(id, 1, hash, hash),
    challengeInput('device', id, id, hash),
    challengeInput('recovery', id, id, hash),
    challengeInput('device', utf8(''), new Uint8Array(32), hash),
  ];
  assert.equal(new Set(inputs.map(String)).size, inputs.length);
});

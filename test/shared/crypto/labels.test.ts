/** One label, one purpose. That none is written down anywhere else is the import law's affair (test/law). */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { utf8 } from '../../../shared/bytes/index.ts';
import { LABELS } from '../../../shared/crypto/index.ts';
import { challengeInput, entryHashInput } from '../../../shared/protocol/index.ts';

const shared = new URL('../../../shared/', import.meta.url).pathname;

test('labels are distinct and of one form', () => {
  const labels = Object.values(LABELS);
  assert.equal(new Set(labels).size, labels.length);
  for (const label of labels) assert.match(label, /^ebk1\/[a-z-]+(\/[a-z-]+)?$/);
});

test('every label has a use', () => {
  const text = readdirSync(shared, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(shared, path), 'utf8'))
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

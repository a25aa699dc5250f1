/** Reading the files of a set: planned several at a time, given in their order, and a plan that fails is a read that fails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { integrityError } from '../../../shared/errors/index.ts';
import type { PlannedChunk, PlannedFile } from '../../../shared/restorer/index.ts';
import { readFiles } from '../../../shared/restorer/read.ts';

const NEVER = new AbortController().signal;
const EMPTY = async () => new Uint8Array(65_536);

function fileNamed(name: string, chunks: () => Promise<readonly PlannedChunk[]>): PlannedFile {
  return { path: [name], size: 0, mtime: 0, place: 0, chunks };
}

async function namesOf(files: readonly PlannedFile[]): Promise<string[]> {
  const names: string[] = [];
  for await (const { file } of readFiles(files, EMPTY, NEVER)) names.push(...file.path);
  return names;
}

test('several files are planned at once, and come in their order', async () => {
  let underway = 0;
  let most = 0;
  const names = Array.from({ length: 1_000 }, (_, i) => `${i}`);
  const files = names.map((name, i) =>
    fileNamed(name, async () => {
      most = Math.max(most, ++underway);
      for (let turns = i % 5; turns >= 0; turns--) await new Promise(setImmediate);
      underway--;
      return [];
    }),
  );
  assert.deepEqual(await namesOf(files), names);
  assert.ok(most > 1 && most <= 8, `${most} at once`);
});

test('a plan that fails ends the reading with its own error', async () => {
  const good = fileNamed('good', async () => []);
  const bad = fileNamed('bad', async () => {
    throw integrityError();
  });
  await assert.rejects(namesOf([good, good, bad, good]), { code: 'E_INTEGRITY' });
});

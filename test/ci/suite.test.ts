/** The count at the end of `npm test` is a promise: this runs small test files and compares what was counted. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { at } from '../../.ci/project.ts';
import type { Tally } from '../../.ci/suite.ts';

let folder = '';

before(async () => {
  await mkdir(at('.cache'), { recursive: true });
  folder = await mkdtemp(at('.cache/suite-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** Runs the files in a process of its own: node:test does not run inside itself. */
async function count(files: Record<string, string>): Promise<Tally> {
  const paths: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await writeFile(
      path,
      `import assert from 'node:assert/strict'; import { test, describe, before } from 'node:test';\n${text}`,
    );
    paths.push(path);
  }
  const script = `import { runSuite } from ${JSON.stringify(at('.ci/suite.ts'))};
    const tally = await runSuite({ files: ${JSON.stringify(paths)}, concurrency: 1, timeout: 20000, onFile() {} });
    console.log(JSON.stringify(tally));`;
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const main = join(folder, 'main.ts');
  await writeFile(main, script);
  const { stdout } = await promisify(execFile)(process.execPath, [main], { env });
  return JSON.parse(stdout) as Tally;
}

test('passes are counted, suites are not', async () => {
  const tally = await count({
    'a.test.ts': `describe('s', () => { test('1', () => {}); test('2', () => {}); }); test('3', () => {});`,
  });
  assert.deepEqual(tally, { passed: 3, failures: [] });
});

test('a failure is counted once and told in full', async () => {
  const tally = await count({
    'b.test.ts': `describe('s', () => { test('bad', () => { console.log('heard'); assert.equal(1, 2); }); test('good', () => {}); });`,
  });
  assert.equal(tally.passed, 1);
  assert.deepEqual(
    tally.failures.map(({ name }) => name),
    ['bad'],
  );
  assert.match(tally.failures[0]?.text ?? '', /Expected values to be strictly equal[\s\S]*heard/);
});

test('what cannot be loaded, holds no test, is skipped or fails in a hook is a failure', async () => {
  const tally = await count({
    'c.test.ts': `import './gone.ts';`,
    'd.test.ts': ``,
    'e.test.ts': `test.skip('later', () => {}); test.todo('some day');`,
    'f.test.ts': `describe('s', () => { before(() => { throw new Error('hook'); }); test('never', () => {}); });`,
  });
  assert.equal(tally.passed, 0);
  const by = (file: string) => tally.failures.filter((failure) => failure.file.endsWith(file)).length;
  assert.deepEqual([by('c.test.ts'), by('d.test.ts'), by('e.test.ts')], [1, 1, 2]);
  assert.ok(by('f.test.ts') >= 1);
});

/** The engine that serves several runs: one session for all of them, and a new one when that would be wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeptEngine } from '../../extension/runner/kept-engine.ts';
import type { Archiver } from '../../shared/archiver/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';

const SUMMARY = { committed: 0, failed: 0, sentBytes: 0, sentPacks: 0 };
const OPTIONS = { signal: new AbortController().signal, onEvent: () => undefined };

function rig(open: (count: number) => void = () => undefined) {
  const r = { opened: 0, device: 'ada' as string | null, fails: false };
  const archiver: Archiver = {
    scan: () => async () => true,
    async archive() {
      if (r.fails) throw new HoldfastError('E_OFFLINE', 'gone');
      return SUMMARY;
    },
  };
  const engine = new KeptEngine(
    async () => {
      open(++r.opened);
      return archiver;
    },
    async () => r.device,
  );
  return { r, run: async () => (await engine.open()).archive([], OPTIONS), engine };
}

test('runs one after another, and two that ask at once, share one', async () => {
  const { r, run, engine } = rig();
  await Promise.all([run(), run()]);
  assert.deepEqual(await run(), SUMMARY);
  assert.equal(await (await engine.open()).scan()([], 'a', 1, 2), true);
  assert.equal(r.opened, 1);
});

test('after a fault the next run opens its own', async () => {
  const { r, run } = rig();
  await run();
  r.fails = true;
  await assert.rejects(run(), { code: 'E_OFFLINE' });
  r.fails = false;
  await run();
  assert.equal(r.opened, 2);
});

test('one that does not open is not kept', async () => {
  const { r, run } = rig((count) => {
    if (count === 1) throw new HoldfastError('E_SESSION', 'nobody');
  });
  await assert.rejects(run(), { code: 'E_SESSION' });
  await run();
  assert.equal(r.opened, 2);
});

test('another device that signed in gets its own, and so does one after nobody was here', async () => {
  const { r, run } = rig();
  await run();
  for (const device of ['bob', null, 'bob']) {
    r.device = device;
    await run();
  }
  assert.equal(r.opened, 4);
});

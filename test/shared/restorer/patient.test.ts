/** A broken road is waited out; what would only come again is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErrorCode, HoldfastError } from '../../../shared/errors/index.ts';
import { patient } from '../../../shared/restorer/index.ts';

/** Fails with these codes, one after the other, and then answers. */
function road(codes: readonly ErrorCode[], controller = new AbortController()) {
  const left = [...codes];
  const said: (ErrorCode | null)[] = [];
  const waits: number[] = [];
  const read = patient(
    async () => {
      const code = left.shift();
      if (code !== undefined) throw new HoldfastError(code, 'broken');
      return new Uint8Array(1);
    },
    {
      sleep: async (ms, signal) => {
        if (signal?.aborted) throw new HoldfastError('E_CANCELLED', 'cancelled');
        waits.push(ms);
      },
      random: () => 0.5,
      signal: controller.signal,
      onWait: (code) => said.push(code),
    },
  );
  return { read, said, waits };
}

test('it goes on when the server is there again, says so, and waits longer each time up to half a minute', async () => {
  const { read, said, waits } = road(Array.from({ length: 12 }, () => 'E_OFFLINE'));
  assert.equal((await read()).length, 1);
  assert.equal(said.at(0), 'E_OFFLINE');
  assert.equal(said.at(-1), null);
  assert.equal(waits.length, 12);
  assert.ok((waits[1] as number) > (waits[0] as number));
  assert.ok(waits.every((ms) => ms <= 30_500));
});

test('nothing is said of a road that holds', async () => {
  const { read, said } = road([]);
  await read();
  assert.deepEqual(said, []);
});

test('bad bytes, a lost session and a cancelled restore end at once', async () => {
  for (const code of ['E_INTEGRITY', 'E_SESSION', 'E_NOT_FOUND', 'E_CANCELLED'] as const)
    await assert.rejects(road([code]).read(), { code });
  const controller = new AbortController();
  controller.abort();
  await assert.rejects(road(['E_OFFLINE'], controller).read(), { code: 'E_CANCELLED' });
});

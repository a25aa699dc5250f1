import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type RetryOptions, type TransportRequest, withRetry } from '../../shared/client/index.ts';
import { codeOf, type ErrorCode, HoldfastError } from '../../shared/errors/index.ts';
import { type Answer, problem, scriptedTransport } from '../support/scripted-transport.ts';

const GET = { method: 'GET', path: '/v1/account' } as const;
const code = (expected: ErrorCode) => (error: unknown) => codeOf(error) === expected;
const fail = (failure: ErrorCode) => () => Promise.reject(new HoldfastError(failure, 'no'));

type Step = Answer | (() => Promise<Answer>);

/** The steps one after another, the last one for ever. Time passes in the list of waits only. */
function road(steps: readonly Step[], options: Partial<RetryOptions> = {}) {
  const waits: number[] = [];
  const transport = scriptedTransport((_, count) => {
    const step = steps[Math.min(count, steps.length) - 1] ?? {};
    return typeof step === 'function' ? step() : step;
  });
  const retry = withRetry(transport, {
    random: () => 0.5,
    async sleep(ms, signal) {
      if (signal?.aborted) throw new HoldfastError('E_CANCELLED', 'cancelled');
      waits.push(ms);
    },
    ...options,
  });
  return { retry, waits, sent: () => transport.requests.length };
}

const wait = (status: number, problemCode: string, seconds: number): Answer => ({
  ...problem(status, problemCode),
  headers: { 'retry-after': String(seconds) },
});

describe('with-retry', () => {
  for (const failure of ['E_OFFLINE', 'E_TIMEOUT'] as const) {
    test(`${failure}: tries again until an answer comes, waiting longer each time`, async () => {
      const { retry, waits } = road([fail(failure), fail(failure), fail(failure), {}]);
      assert.equal((await retry.send(GET)).status, 200);
      assert.deepEqual(waits, [250, 500, 1000]);
    });
  }

  for (const status of [502, 503, 504]) {
    test(`${status} is tried again`, async () => {
      const { retry, sent } = road([{ status }, {}]);
      assert.equal((await retry.send(GET)).status, 200);
      assert.equal(sent(), 2);
    });
  }

  for (const answer of [
    problem(401, 'unauthorized'),
    problem(409, 'head-moved'),
    problem(500, 'internal'),
    problem(507, 'server-full'),
    problem(429, 'rate-limited'),
    wait(429, 'link-locked', 1),
  ]) {
    test(`${JSON.stringify(answer.body)} is an answer`, async () => {
      const { retry, sent } = road([answer, {}]);
      assert.equal((await retry.send(GET)).status, answer.status);
      assert.equal(sent(), 1);
    });
  }

  for (const failure of ['E_CANCELLED', 'E_PROTOCOL', 'E_SESSION', 'E_INTERNAL'] as const) {
    test(`${failure} is not tried again`, async () => {
      const { retry, sent } = road([fail(failure), {}]);
      await assert.rejects(retry.send(GET), code(failure));
      assert.equal(sent(), 1);
    });
  }

  test('never comes back sooner than the server asked for', async () => {
    const { retry, waits } = road([wait(429, 'rate-limited', 7), wait(503, 'unavailable', 3), {}]);
    assert.equal((await retry.send(GET)).status, 200);
    assert.deepEqual(waits, [7_250, 3_500]);
  });

  test('a longer wait than there is time for is the answer at once', async () => {
    const { retry, sent } = road([wait(429, 'rate-limited', 61), {}]);
    assert.equal((await retry.send(GET)).status, 429);
    assert.equal(sent(), 1);
  });

  test('gives up after the last attempt, with the last failure', async () => {
    const before = [{ status: 503 }, fail('E_TIMEOUT'), { status: 502 }, fail('E_TIMEOUT')];
    const { retry, sent } = road([...before, fail('E_OFFLINE'), {}]);
    await assert.rejects(retry.send(GET), code('E_OFFLINE'));
    assert.equal(sent(), 5);
    const answered = road([...before, { status: 504 }, {}]);
    assert.equal((await answered.retry.send(GET)).status, 504);
  });

  test('the waits of a request keep to its time, whatever the chances', () =>
    fc.assert(
      fc.asyncProperty(
        fc.float({ min: 0, max: Math.fround(0.999), noNaN: true }),
        fc.array(fc.nat(30), { maxLength: 10 }),
        async (random, seconds) => {
          const steps = seconds.map((asked) => wait(503, 'unavailable', asked));
          const { retry, waits } = road([...steps, fail('E_OFFLINE')], { random: () => random });
          await assert.rejects(retry.send(GET).then(({ status }) => assert.equal(status, 200)));
          assert.ok(waits.reduce((sum, ms) => sum + ms, 0) <= 60_000);
        },
      ),
    ));

  test('an abort ends the waiting', async () => {
    const abort = new AbortController();
    const { retry, sent } = road([
      async () => {
        abort.abort();
        throw new HoldfastError('E_OFFLINE', 'no');
      },
      {},
    ]);
    await assert.rejects(retry.send({ ...GET, signal: abort.signal }), code('E_CANCELLED'));
    assert.equal(sent(), 1);
  });

  const sentFor = async (request: Pick<TransportRequest, 'method' | 'idempotent'>): Promise<number> => {
    const { retry, sent } = road([fail('E_OFFLINE'), {}]);
    await retry.send({ path: '/v1/x', ...request }).catch(() => undefined);
    return sent();
  };

  test('sends twice only what does no more when sent twice', async () => {
    for (const method of ['GET', 'PUT', 'DELETE'] as const) assert.equal(await sentFor({ method }), 2);
    assert.equal(await sentFor({ method: 'POST' }), 1);
    assert.equal(await sentFor({ method: 'POST', idempotent: true }), 2);
  });
});

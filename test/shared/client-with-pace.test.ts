/** Large bodies go at the pace of the road and of the person; everything else is not held up. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Transport, type TransportResponse, withPace } from '../../shared/client/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import { fakeClock } from '../support/fixtures.ts';
import { response } from '../support/scripted-transport.ts';

const PACK = { method: 'PUT', path: '/pack', body: new Uint8Array(100_000) } as const;

/** A road on which every request waits until the test answers it. */
function road() {
  const waiting: PromiseWithResolvers<TransportResponse>[] = [];
  const transport: Transport = {
    send() {
      const answer = Promise.withResolvers<TransportResponse>();
      waiting.push(answer);
      return answer.promise;
    },
  };
  return { transport, waiting };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('with-pace', () => {
  /** Keeps more packs at hand than are let through; answers how many are under way after `rounds` rounds of answers. */
  async function underWay(rounds: number, answer: (each: PromiseWithResolvers<TransportResponse>) => void) {
    const { transport, waiting } = road();
    const paced = withPace(transport, { clock: fakeClock(), limit: () => null });
    const all = Array.from({ length: 200 }, () => paced.send(PACK).catch(() => undefined));
    const seen: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      await turn();
      seen.push(waiting.length);
      for (const each of waiting.splice(0)) (round < rounds ? answer : good)(each);
    }
    let isOver = false;
    const over = Promise.all(all).then(() => {
      isOver = true;
    });
    for (let left = 1_000; left > 0 && !isOver; left--) {
      for (const each of waiting.splice(0)) good(each);
      await turn();
    }
    await over;
    return seen;
  }
  const good = (each: PromiseWithResolvers<TransportResponse>) => each.resolve(response({}));

  test('one more at a time after each window that goes well, up to a bound', async () => {
    assert.deepEqual(await underWay(4, good), [2, 3, 3, 3, 3]);
  });

  test('half as many after one that does not, and never none', async () => {
    let answers = 0;
    const seen = await underWay(6, (each) => {
      if (++answers <= 5) good(each);
      else if (answers % 2) each.resolve(response({ status: 503 }));
      else each.reject(new HoldfastError('E_OFFLINE', 'no road'));
    });
    assert.deepEqual(seen, [2, 3, 3, 1, 1, 1, 1]);
  });

  test('a limit is kept over all bodies together', async () => {
    const clock = fakeClock(0);
    const sent: number[] = [];
    const transport: Transport = {
      async send() {
        sent.push(clock.now());
        return response({});
      },
    };
    const paced = withPace(transport, { clock, limit: () => 50_000 });
    await Promise.all(Array.from({ length: 4 }, () => paced.send(PACK)));
    assert.deepEqual(sent, [0, 2_000, 4_000, 6_000]);
  });

  test('small requests are not held up by large ones', async () => {
    const { transport, waiting } = road();
    const paced = withPace(transport, { clock: fakeClock(), limit: () => 1 });
    const packs = Array.from({ length: 9 }, () => paced.send(PACK));
    await turn();
    const before = waiting.length;
    const small = paced.send({ method: 'GET', path: '/log' });
    assert.equal(waiting.length, before + 1);
    waiting.pop()?.resolve(response({}));
    assert.equal((await small).status, 200);
    for (let i = 0; i < 9; i++) {
      for (const each of waiting.splice(0)) good(each);
      await turn();
    }
    await Promise.all(packs);
  });

  test('a clock that is set back holds nothing up', async () => {
    let now = 1_700_000_000_000;
    const slept: number[] = [];
    const sleep = async (ms: number) => {
      slept.push(ms);
      now += ms;
    };
    const transport: Transport = { send: async () => response({}) };
    const paced = withPace(transport, { clock: { now: () => now, sleep }, limit: () => 100_000 });
    await paced.send(PACK);
    now -= 3_600_000;
    await paced.send(PACK);
    await paced.send(PACK);
    assert.deepEqual(slept, [1_000, 1_000]);
  });
});

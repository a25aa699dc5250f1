/** The job machine: what each event may do, and that no schedule of runners and deaths commits a job twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type JobCore, type JobEvent, type JobStatus, next, readyAt } from '../../extension/queue/job.ts';

const OWNERS = ['a', 'b'] as const;
const at = (status: JobStatus, needsBytes: JobCore['needsBytes'] = null): JobCore => ({ status, needsBytes });
const leased = (owner: string, until = 100): JobStatus => ({ state: 'leased', owner, stage: 'claimed', until });

test('the straight road: queued, leased, committed, proven', () => {
  let status: JobStatus = { state: 'queued' };
  for (const event of [
    { type: 'claim', owner: 'a', until: 60 },
    { type: 'advance', owner: 'a', stage: 'reading', until: 90 },
    { type: 'commit', owner: 'a', until: 120 },
    { type: 'prove' },
  ] as const satisfies JobEvent[]) {
    const after = next(at(status), event, 10);
    assert.notEqual(after, status, event.type);
    status = after;
  }
  assert.deepEqual(status, { state: 'proven' });
});

test('a lease that ran out is claimed like a queued job, one that stands is not', () => {
  const event: JobEvent = { type: 'claim', owner: 'b', until: 300 };
  assert.equal(readyAt(at(leased('a', 100))), 100);
  assert.deepEqual(next(at(leased('a', 100)), event, 99), leased('a', 100));
  assert.deepEqual(next(at(leased('a', 100)), event, 100), leased('b', 300));
});

test('only the owner of a lease is believed about it, but a commit is a fact', () => {
  const status = leased('a');
  for (const event of [
    { type: 'advance', owner: 'b', stage: 'reading', until: 500 },
    { type: 'yield', owner: 'b' },
    { type: 'wait', owner: 'b', reason: 'offline', notBefore: 5 },
    { type: 'wait', owner: null, reason: 'offline', notBefore: 5 },
    { type: 'fail', owner: 'b', code: 'E_INTERNAL' },
    { type: 'fail', owner: null, code: 'E_INTERNAL' },
    { type: 'prove' },
    { type: 'retry' },
    { type: 'sourced' },
  ] as const satisfies JobEvent[]) {
    assert.equal(next(at(status), event, 0), status, event.type);
  }
  assert.equal(next(at(status), { type: 'commit', owner: 'b', until: 9 }, 0).state, 'committed');
});

test('a job whose bytes are still to be fetched cannot be claimed, and goes back to being fetched', () => {
  const captured: JobStatus = { state: 'captured' };
  assert.equal(next(at(captured, 'web'), { type: 'claim', owner: 'a', until: 1 }, 0), captured);
  const failed = next(at(captured, 'web'), { type: 'fail', owner: null, code: 'E_CAPTURE_SIGN_IN' }, 0);
  assert.deepEqual(failed, { state: 'failed', code: 'E_CAPTURE_SIGN_IN' });
  assert.deepEqual(next(at(failed, 'web'), { type: 'retry' }, 0), { state: 'captured' });
  assert.deepEqual(next(at(failed), { type: 'sourced' }, 0), { state: 'queued' });
});

test('what only a person can give is not tried again without them', () => {
  const failed: JobStatus = { state: 'failed', code: 'E_SOURCE_UNREADABLE' };
  assert.equal(next(at(failed, 'person'), { type: 'retry' }, 0), failed);
  assert.deepEqual(next(at(failed, 'person'), { type: 'sourced' }, 0), { state: 'queued' });
  assert.deepEqual(next(at(failed, 'person'), { type: 'cancel' }, 0), { state: 'cancelled' });
});

test('a committed job only ever owes its proof', () => {
  const status: JobStatus = { state: 'committed', owner: 'a', until: 50 };
  assert.equal(next(at(status), { type: 'cancel' }, 0), status);
  assert.deepEqual(next(at(status), { type: 'claim', owner: 'b', until: 90 }, 50), {
    ...status,
    owner: 'b',
    until: 90,
  });
  assert.deepEqual(next(at(status), { type: 'yield', owner: 'a' }, 7), { ...status, until: 7 });
  const waiting = next(at(status), { type: 'wait', owner: 'a', reason: 'offline', notBefore: 80 }, 0);
  assert.deepEqual(waiting, { ...status, until: 80 });
});

test('given to another vault, a job begins anew', () => {
  assert.deepEqual(next(at({ state: 'committed', owner: 'a', until: 50 }), { type: 'move' }, 0), { state: 'queued' });
});

const reason = fc.constantFrom('offline', 'rate', 'quota', 'auth', 'locked', 'permission', 'metered');
const until = fc.integer({ min: 0, max: 200 });
const owner = fc.constantFrom(...OWNERS);
const anyStatus: fc.Arbitrary<JobStatus> = fc.oneof(
  fc.constantFrom<JobStatus>({ state: 'captured' }, { state: 'queued' }, { state: 'proven' }, { state: 'cancelled' }),
  fc.record({ state: fc.constant('leased'), owner, stage: fc.constantFrom('claimed', 'reading', 'committing'), until }),
  fc.record({ state: fc.constant('committed'), owner, until }),
  fc.record({ state: fc.constant('waiting'), reason, notBefore: fc.option(until) }),
  fc.constant<JobStatus>({ state: 'failed', code: 'E_SOURCE_GONE' }),
) as fc.Arbitrary<JobStatus>;
const anyEvent: fc.Arbitrary<JobEvent> = fc.oneof(
  fc.constantFrom<JobEvent>({ type: 'sourced' }, { type: 'prove' }, { type: 'retry' }, { type: 'cancel' }),
  fc.record({ type: fc.constant('claim'), owner, until }),
  fc.record({ type: fc.constant('advance'), owner, stage: fc.constantFrom('claimed', 'reading', 'committing'), until }),
  fc.record({ type: fc.constant('commit'), owner, until }),
  fc.record({ type: fc.constant('yield'), owner }),
  fc.record({ type: fc.constant('inherit'), heir: owner }),
  fc.record({ type: fc.constant('wait'), owner: fc.option(owner), reason, notBefore: fc.option(until) }),
  fc.record({ type: fc.constant('fail'), owner: fc.option(owner), code: fc.constant('E_INTERNAL') }),
  fc.record({ type: fc.constant('release'), reason }),
) as fc.Arbitrary<JobEvent>;

test('what is over stays over, and a job never leaves the vault again', () => {
  fc.assert(
    fc.property(
      anyStatus,
      anyEvent,
      fc.constantFrom<JobCore['needsBytes']>(null, 'web', 'person'),
      fc.integer({ min: 0, max: 300 }),
      (status, event, needsBytes, now) => {
        const after = next(at(status, needsBytes), event, now);
        if (status.state === 'proven' || status.state === 'cancelled') assert.equal(after, status);
        if (status.state === 'committed' && event.type !== 'fail') {
          assert.ok(after.state === 'committed' || after.state === 'proven');
        }
        if (needsBytes !== null && event.type === 'claim') assert.equal(after, status);
      },
    ),
    { numRuns: 2_000 },
  );
});

/**
 * Two runners, a vault that keeps a version once by its id, and a schedule: claim, read, send the commit, hear the answer,
 * prove, die, or let time pass, in any order.
 */
type Step = { who: 0 | 1; do: 'claim' | 'send' | 'hear' | 'prove' | 'die' | 'wait' | 'yield' | 'tick' | 'inherit' };

test('under any interleaving of two runners and any number of deaths each job commits once', () => {
  const step: fc.Arbitrary<Step> = fc.record({
    who: fc.constantFrom<0 | 1>(0, 1),
    do: fc.constantFrom('claim', 'send', 'hear', 'prove', 'die', 'wait', 'yield', 'tick', 'inherit'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 1, max: 3 }), (steps, jobs) => {
      const world = new World(jobs);
      for (const each of steps) world.take(each);
      world.settle();
      for (const { status, commits } of world.jobs) {
        assert.equal(status.state, 'proven');
        assert.equal(commits, 1);
      }
      assert.deepEqual([...world.vault.values()], Array(jobs).fill(1));
    }),
    { numRuns: 1_500 },
  );
});

class World {
  now = 0;
  readonly jobs: { status: JobStatus; commits: number }[];
  readonly vault = new Map<number, number>();
  readonly held: [Set<number>, Set<number>] = [new Set(), new Set()];
  readonly answered: [Set<number>, Set<number>] = [new Set(), new Set()];

  constructor(count: number) {
    this.jobs = Array.from({ length: count }, () => ({ status: { state: 'queued' } as JobStatus, commits: 0 }));
  }

  apply(index: number, event: JobEvent): boolean {
    const job = this.jobs[index]!;
    const after = next(at(job.status), event, this.now);
    if (after === job.status) return false;
    if (after.state === 'committed' && job.status.state !== 'committed') job.commits++;
    job.status = after;
    return true;
  }

  take({ who, do: what }: Step): void {
    const owner = OWNERS[who];
    const held = this.held[who];
    const answered = this.answered[who];
    const until = this.now + 60;
    const moves: Record<Step['do'], () => void> = {
      tick: () => {
        this.now += 40;
      },
      claim: () => {
        for (const index of this.all([...this.jobs.keys()], { type: 'claim', owner, until })) held.add(index);
      },
      // The vault keeps a version id once, whoever sends it and however often.
      send: () => {
        for (const index of held) this.vault.set(index, 1);
        for (const index of held) answered.add(index);
      },
      hear: () => this.all([...answered], { type: 'commit', owner, until }),
      prove: () => this.all([...answered], { type: 'prove' }),
      yield: () => this.all([...held], { type: 'yield', owner }),
      wait: () => this.all([...held], { type: 'wait', owner, reason: 'offline', notBefore: this.now + 30 }),
      inherit: () => this.all([...this.jobs.keys()], { type: 'inherit', heir: owner }),
      die: () => {
        held.clear();
        answered.clear();
      },
    };
    moves[what]();
  }

  /** Those that the event applied to. */
  all(indices: readonly number[], event: JobEvent): number[] {
    return indices.filter((index) => this.apply(index, event));
  }

  /** One runner that lives. */
  settle(): void {
    this.now += 1_000;
    for (const each of ['claim', 'send', 'hear', 'prove'] as const) this.take({ who: 0, do: each });
  }
}

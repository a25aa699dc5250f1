/**
 * One run: walks folders, fetches documents and drains the queue until nothing is left that can be done now. May not:
 * hold state that is not in the queue; it may die at any instruction and another run goes on.
 */
import type { Archiver, Unchanged } from '../../shared/archiver/index.ts';
import { abortable } from '../../shared/async/index.ts';
import { codeOf } from '../../shared/errors/index.ts';
import type { ClaimedJob, ClaimLimits, WaitReason } from '../queue/index.ts';
import { Archiving, type ArchivingPorts, LEASE_MS, refuseMetered } from './archiving.ts';
import { holdAfter, roadReason } from './faults.ts';
import { Feed, type FeedPorts } from './feed.ts';

export interface RunPorts extends ArchivingPorts, Omit<FeedPorts, 'unchanged'> {
  /** Opens the session of this device. E_SESSION when nobody is signed in. */
  readonly openEngine: () => Promise<Archiver>;
}

/** Claimed at a time; the archiver has the next ones as soon as it asks. */
const LIMITS: ClaimLimits = { jobs: 256, files: 1_024, bytes: 64 * 1024 * 1024, leaseMs: LEASE_MS };

/** Must run alone among all contexts: it takes over the leases of runners before it. */
export async function run(ports: RunPorts, signal: AbortSignal): Promise<void> {
  if (await ports.outbox.leases.isHalted()) return;
  await ports.outbox.leases.inherit(ports.owner);
  const engine = new Engine(ports);
  const feed = new Feed({ ...ports, unchanged: () => engine.unchanged() });
  const feeding = feed.run(signal);
  // A fault of the feed ends the run, but only after what is under way.
  feeding.catch(() => undefined);
  try {
    await new Drain(ports, feed, engine).run(signal);
  } finally {
    feed.close();
    await Promise.allSettled([feeding]);
    ports.sources.release();
  }
  await feeding;
  await ports.outbox.leases.prune();
}

/** The archiver of a run, opened when the first asks for it. */
class Engine {
  readonly #ports: RunPorts;
  #opened: Promise<Archiver> | null = null;
  #unchanged: Promise<Unchanged | null> | null = null;

  constructor(ports: RunPorts) {
    this.#ports = ports;
  }

  open(): Promise<Archiver> {
    this.#opened ??= this.#ports.openEngine();
    return this.#opened;
  }

  /** What the walk asks the vault; null while the road is closed. */
  unchanged(): Promise<Unchanged | null> {
    this.#unchanged ??= this.#ask();
    return this.#unchanged;
  }

  async #ask(): Promise<Unchanged | null> {
    if (await this.#ports.outbox.leases.isClosed()) return null;
    try {
      const archiver = await this.open();
      return archiver.scan();
    } catch {
      // Whoever has something to archive meets the same fault and says so.
      return null;
    }
  }
}

class Drain {
  readonly #ports: RunPorts;
  readonly #feed: Feed;
  readonly #engine: Engine;
  /** After a fault that may be one file's, so many jobs go one by one, until the culprit is alone and named. */
  #alone = 0;

  constructor(ports: RunPorts, feed: Feed, engine: Engine) {
    this.#ports = ports;
    this.#feed = feed;
    this.#engine = engine;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const more = this.#feed.next();
      const over = this.#feed.over;
      const first = await this.#claim();
      if (first.length > 0) {
        if ((await this.#archive(first, signal)) === 'closed') return;
        this.#ports.onMoved();
      } else if (over) return;
      else await more;
    }
  }

  #claim(): Promise<readonly ClaimedJob[]> {
    return this.#ports.outbox.leases.claim(this.#ports.owner, this.#alone > 0 ? { ...LIMITS, jobs: 1 } : LIMITS);
  }

  /** 'closed' when the queue has to wait. */
  async #archive(first: readonly ClaimedJob[], signal: AbortSignal): Promise<'open' | 'closed'> {
    const archiving = new Archiving(this.#ports, first);
    const { outbox, owner } = this.#ports;
    const more = this.#alone > 0 ? none : (inner: AbortSignal) => this.#more(inner);
    this.#alone = Math.max(0, this.#alone - 1);
    let opened = false;
    try {
      await refuseMetered(this.#ports);
      const archiver = await this.#engine.open();
      opened = true;
      await archiving.run(archiver, more, signal);
      await outbox.leases.putBack(owner, archiving.ledger.jobs);
      return 'open';
    } catch (error) {
      // No file is to blame for an engine that does not open: it is tried again as if the road were closed.
      const reason = roadReason(error) ?? (opened ? null : 'offline');
      const { jobs } = archiving.ledger;
      if (reason !== null) return this.#wait(error, reason, jobs);
      if (codeOf(error) === 'E_CANCELLED') await outbox.leases.putBack(owner, jobs);
      else await this.#search(error, archiving.ledger);
      return (await outbox.leases.isHalted()) ? 'closed' : 'open';
    }
  }

  async *#more(signal: AbortSignal): AsyncGenerator<readonly ClaimedJob[]> {
    while (!signal.aborted) {
      const more = this.#feed.next();
      const over = this.#feed.over;
      const claimed = await this.#claim();
      if (claimed.length > 0) yield claimed;
      else if (over) return;
      else await abortable(more, signal).catch(() => undefined);
    }
  }

  /** The road is to blame: the queue waits. */
  async #wait(error: unknown, reason: WaitReason, jobs: readonly string[]): Promise<'closed'> {
    const { outbox, owner, clock, random, onMoved } = this.#ports;
    const { leases } = outbox;
    const hold = holdAfter(error, reason, await leases.hold(), clock.now(), random());
    await leases.wait(owner, jobs, reason, hold.notBefore);
    await leases.setHold(hold);
    // What is committed owes only its proof, and may give it as soon as the hold is over or taken away.
    await leases.putBack(owner, jobs);
    onMoved();
    return 'closed';
  }

  /** A fault of ours: the jobs go one by one, and a bundle that fails alone is halved, until a single file is named. */
  async #search(error: unknown, ledger: Archiving['ledger']): Promise<void> {
    const { leases } = this.#ports.outbox;
    const { owner } = this.#ports;
    const [only, ...others] = ledger.jobs;
    if (only === undefined) return;
    if (others.length > 0) {
      this.#alone = Math.max(this.#alone, 1 + others.length);
      return leases.putBack(owner, ledger.jobs);
    }
    const [fileId = only, ...rest] = ledger.filesOf(only);
    if (rest.length === 0) return leases.fail(owner, [{ jobId: only, fileId, code: codeOf(error) }]);
    this.#alone += 2;
    return leases.halve(owner, only);
  }
}

async function* none(): AsyncGenerator<never> {
  // a job that goes alone has no others after it
}

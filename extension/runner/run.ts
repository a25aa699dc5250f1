/**
 * One run: walks folders, fetches documents and drains the queue until nothing is left that can be done now. May not:
 * hold state that is not in the queue; it may die at any instruction and another run goes on.
 */
import type { Archiver } from '../../shared/archiver/index.ts';
import { codeOf } from '../../shared/errors/index.ts';
import type { ClaimedJob, ClaimLimits } from '../queue/index.ts';
import { archiveBatch, type BatchPorts, LEASE_MS } from './batch.ts';
import { holdAfter, roadReason } from './faults.ts';
import { Feed, type FeedPorts } from './feed.ts';

export interface RunPorts extends BatchPorts, FeedPorts {
  /** Opens the session of this device. E_SESSION when nobody is signed in. */
  readonly openEngine: () => Promise<Archiver>;
  /** The queue has moved in a way that shows on the badge. */
  readonly onMoved: () => void;
}

/** Many small files make one batch; a large one goes alone. */
const LIMITS: ClaimLimits = { items: 256, bytes: 64 * 1024 * 1024, leaseMs: LEASE_MS };

/** Must run alone among all contexts: it takes over the leases of runners before it. */
export async function run(ports: RunPorts, signal: AbortSignal): Promise<void> {
  if (await ports.outbox.controls.get('paused')) return;
  await ports.outbox.leases.inherit(ports.owner);
  const feed = new Feed(ports);
  const stop = new AbortController();
  const feeding = feed.run(AbortSignal.any([signal, stop.signal]));
  // A fault of the feed ends the run, but only after the batch that is under way.
  feeding.catch(() => undefined);
  try {
    await drain(ports, feed, signal);
  } catch (error) {
    stop.abort();
    throw error;
  } finally {
    feed.close();
    await Promise.allSettled([feeding]);
  }
  await feeding;
  await ports.outbox.leases.prune();
}

async function drain(ports: RunPorts, feed: Feed, signal: AbortSignal): Promise<void> {
  const archiving = new Archiving(ports);
  while (!signal.aborted) {
    const more = feed.next();
    const over = feed.over;
    const batch = await ports.outbox.leases.claim(ports.owner, archiving.limits());
    if (batch.length > 0) {
      if ((await archiving.archive(batch, signal)) === 'closed') return;
      ports.onMoved();
    } else if (over) return;
    else await more;
  }
}

class Archiving {
  readonly #ports: RunPorts;
  #archiver: Archiver | null = null;
  /** After a fault that may be one item's, so many items go one by one, until the culprit is alone and named. */
  #alone = 0;

  constructor(ports: RunPorts) {
    this.#ports = ports;
  }

  limits(): ClaimLimits {
    return this.#alone > 0 ? { ...LIMITS, items: 1 } : LIMITS;
  }

  /** 'closed' when the queue has to wait. */
  async archive(batch: readonly ClaimedJob[], signal: AbortSignal): Promise<'open' | 'closed'> {
    this.#alone = Math.max(0, this.#alone - 1);
    try {
      this.#archiver ??= await this.#ports.openEngine();
      await archiveBatch(this.#ports, this.#archiver, batch, signal);
      await settle(this.#ports, batch);
      return 'open';
    } catch (error) {
      if (codeOf(error) !== 'E_CANCELLED' && batch.length > 1) this.#alone = batch.length;
      return recover(this.#ports, batch, error);
    }
  }
}

/** After a good batch: the road is open, and nothing stays leased. */
async function settle({ outbox, owner }: RunPorts, batch: readonly ClaimedJob[]): Promise<void> {
  await outbox.leases.putBack(owner, idsOf(batch));
  if ((await outbox.leases.hold()) !== null) await outbox.leases.setHold(null);
}

/** After a failed one: 'closed' when the road is to blame and the queue waits, 'open' when other jobs may go on. */
async function recover(ports: RunPorts, batch: readonly ClaimedJob[], error: unknown): Promise<'open' | 'closed'> {
  const { leases, controls } = ports.outbox;
  const ids = idsOf(batch);
  const reason = roadReason(error);
  if (reason !== null) {
    const hold = holdAfter(error, reason, await leases.hold(), ports.clock.now(), ports.random());
    await leases.wait(ports.owner, ids, reason, hold.notBefore);
    await leases.setHold(hold);
    // What is committed owes only its proof, and may give it as soon as the hold is over or taken away.
    await leases.putBack(ports.owner, ids);
    ports.onMoved();
    return 'closed';
  }
  const code = codeOf(error);
  if (code === 'E_CANCELLED' || batch.length > 1) await leases.putBack(ports.owner, ids);
  else for (const id of ids) await leases.fail(ports.owner, id, code);
  return (await controls.get('paused')) ? 'closed' : 'open';
}

function idsOf(batch: readonly ClaimedJob[]): string[] {
  return batch.map(({ job }) => job.id);
}

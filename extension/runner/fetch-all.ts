/** Fetches what was captured from the web and is not here yet, a few documents at a time. */
import { backoff, type Clock } from '../../shared/async/index.ts';
import { codeOf } from '../../shared/errors/index.ts';
import { fetchDocument, type WebPort } from '../capture/worker/index.ts';
import type { JobRow, Outbox, WebRequest } from '../queue/index.ts';
import { roadReason } from './faults.ts';
import { withHeartbeat } from './heartbeat.ts';

const AT_ONCE = 3;

export interface FetchPorts {
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly web: WebPort;
  /** A fresh number, 0 ≤ n < 1. */
  readonly random: () => number;
}

/** Resolves when nothing is left to fetch now. `onSettled` after each document. */
export async function fetchAll(ports: FetchPorts, onSettled: () => void, signal: AbortSignal): Promise<void> {
  const busy = new Set<string>();
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      const next = await ports.outbox.intake.nextFetch(busy);
      if (next === undefined) return;
      // Another loop was quicker.
      if (busy.has(next.job.id)) continue;
      busy.add(next.job.id);
      await fetchOne(ports, next.job, next.request, signal);
      busy.delete(next.job.id);
      onSettled();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, loop));
}

async function fetchOne(ports: FetchPorts, job: JobRow, request: WebRequest, outer: AbortSignal): Promise<void> {
  const { outbox, clock, web } = ports;
  try {
    const wanted = () => outbox.intake.isFetchWanted(job.id);
    const document = await withHeartbeat(clock, outer, wanted, (signal) => fetchDocument(request, web, signal));
    await outbox.intake.supply(job.id, document);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'E_CANCELLED') return;
    const reason = roadReason(error);
    if (reason === null) return outbox.leases.fail(null, [{ jobId: job.id, fileId: job.id, code }]);
    const wait = 1_000 + backoff(job.tries, ports.random(), { baseMs: 4_000, capMs: 5 * 60_000 });
    await outbox.leases.wait(null, [job.id], reason, clock.now() + wait);
  }
}

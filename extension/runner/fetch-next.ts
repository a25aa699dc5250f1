/** Fetches what was captured from the web and is not here yet, one document after the other. */
import { backoff, type Clock } from '../../shared/async/index.ts';
import { codeOf, HoldfastError } from '../../shared/errors/index.ts';
import { type Flow, fetchDocument, type WebPort } from '../capture/worker/index.ts';
import type { JobRow, Outbox, WebRequest } from '../queue/index.ts';
import { roadReason } from './faults.ts';
import { withHeartbeat } from './heartbeat.ts';

/** A site that sends nothing for so long is taken for gone. */
const STALL_MS = 60_000;
/** Of a document whose length is not said, which may be a radio station's: nothing that ends takes so long or is so large. */
const LONGEST_MS = 60 * 60_000;
const LARGEST_BYTES = 1024 ** 3;

export interface FetchPorts {
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly web: WebPort;
  /** A fresh number, 0 ≤ n < 1. */
  readonly random: () => number;
}

/** Until nothing is left to fetch now but what is in `busy`, which others are at. `onSettled` after each document. */
export async function fetchNext(
  ports: FetchPorts,
  busy: Set<string>,
  onSettled: () => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const next = await ports.outbox.intake.nextFetch(busy);
    if (next === undefined) return;
    // Another was quicker.
    if (busy.has(next.job.id)) continue;
    busy.add(next.job.id);
    await fetchOne(ports, next.job, next.request, signal);
    busy.delete(next.job.id);
    onSettled();
  }
}

async function fetchOne(ports: FetchPorts, job: JobRow, request: WebRequest, outer: AbortSignal): Promise<void> {
  const { outbox, clock, web } = ports;
  try {
    const flow: Flow = { bytes: 0, ends: false };
    const watch = watchOver(flow, Math.max(LARGEST_BYTES, request.length ?? 0), clock);
    const beat = (): Promise<boolean> => {
      watch();
      return outbox.intake.isFetchWanted(job.id);
    };
    const document = await withHeartbeat(clock, outer, beat, (signal) => fetchDocument(request, web, signal, flow));
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

/** To be called now and then. Throws E_UNAVAILABLE when nothing comes any more, E_CAPTURE_ENDLESS when it does not end. */
function watchOver(flow: Flow, largest: number, clock: Clock): () => void {
  const begun = clock.now();
  let last = { bytes: 0, at: begun };
  return () => {
    const now = clock.now();
    if (flow.bytes !== last.bytes) last = { bytes: flow.bytes, at: now };
    if (now - last.at > STALL_MS) throw new HoldfastError('E_UNAVAILABLE', 'the site sends nothing any more');
    if (!flow.ends && (flow.bytes > largest || now - begun > LONGEST_MS))
      throw new HoldfastError('E_CAPTURE_ENDLESS', 'the document does not end');
  };
}

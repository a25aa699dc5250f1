/** One claimed batch through the archiver: its events become changes of the queue. May not: decide what comes after. */

import type { ArchiveEvent, ArchiveItem, Archiver } from '../../shared/archiver/index.ts';
import type { Clock } from '../../shared/async/index.ts';
import { fromHex } from '../../shared/bytes/index.ts';
import { openSource } from '../capture/worker/index.ts';
import type { ClaimedJob, Outbox } from '../queue/index.ts';
import { withHeartbeat } from './heartbeat.ts';

export const LEASE_MS = 60_000;

export interface BatchPorts {
  readonly outbox: Outbox;
  readonly clock: Clock;
  /** This runner's name in leases. */
  readonly owner: string;
}

/** Rejects with what the archiver throws; what was acknowledged until then stands. */
export async function archiveBatch(
  ports: BatchPorts,
  archiver: Archiver,
  batch: readonly ClaimedJob[],
  outer: AbortSignal,
): Promise<void> {
  const { outbox, clock, owner } = ports;
  const underWay = new Map(batch.map(({ job }) => [job.id, 0]));
  const onEvent = (event: ArchiveEvent) => record(ports, underWay, event);
  const beat = async (): Promise<boolean> => {
    const { paused, lost } = await outbox.leases.advance(owner, LEASE_MS, underWay);
    return !paused && !lost.some((id) => underWay.has(id));
  };
  await withHeartbeat(clock, outer, beat, (signal) => archiver.archive(batch.map(itemOf), { signal, onEvent }));
}

async function record(
  { outbox, owner }: BatchPorts,
  underWay: Map<string, number>,
  event: ArchiveEvent,
): Promise<void> {
  switch (event.type) {
    case 'progress':
      underWay.set(event.key, event.bytes);
      return;
    case 'committed':
      return outbox.leases.commit(owner, event.key, LEASE_MS);
    case 'proven':
      underWay.delete(event.key);
      return outbox.leases.prove(event.key);
    case 'failed':
      underWay.delete(event.key);
      if (event.error.code === 'E_SOURCE_PERMISSION') return outbox.leases.wait(owner, [event.key], 'permission', null);
      return outbox.leases.fail(owner, event.key, event.error.code);
    default:
      event satisfies never;
  }
}

function itemOf({ job, source }: ClaimedJob): ArchiveItem {
  return {
    key: job.id,
    path: job.path,
    name: job.name,
    versionId: fromHex(job.id),
    capturedAt: job.capturedAt,
    sourceUrl: job.sourceUrl,
    sourceTitle: job.sourceTitle,
    open: () => openSource(source, job),
  };
}

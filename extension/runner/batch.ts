/** One claimed batch through the archiver: its events become changes of the queue. May not: decide what comes after. */

import type { ArchiveEvent, ArchiveItem, Archiver } from '../../shared/archiver/index.ts';
import type { Clock } from '../../shared/async/index.ts';
import { fromHex } from '../../shared/bytes/index.ts';
import type { ErrorCode } from '../../shared/errors/index.ts';
import { type Anchors, openSource } from '../capture/worker/index.ts';
import type { ClaimedJob, Outbox } from '../queue/index.ts';
import { withHeartbeat } from './heartbeat.ts';

export const LEASE_MS = 60_000;

export interface BatchPorts {
  readonly outbox: Outbox;
  readonly clock: Clock;
  /** This runner's name in leases. */
  readonly owner: string;
  readonly anchors: Anchors;
}

/** Rejects with what the archiver throws; what was acknowledged until then stands. */
export async function archiveBatch(
  ports: BatchPorts,
  archiver: Archiver,
  batch: readonly ClaimedJob[],
  outer: AbortSignal,
): Promise<void> {
  const news = new BatchNews(ports, batch);
  const items = batch.map((claimed) => itemOf(claimed, ports.anchors));
  try {
    await withHeartbeat(
      ports.clock,
      outer,
      () => news.beat(),
      (signal) => archiver.archive(items, { signal, onEvent: (event) => news.take(event) }),
    );
  } finally {
    await news.flush();
  }
}

/**
 * What the archiver tells, gathered and written a beat at a time: a transaction for every file would be slower than the
 * files. What a death loses of it is found in the vault by the next try.
 */
class BatchNews {
  readonly #ports: BatchPorts;
  /** Bytes dealt with, of the jobs that are still ours. */
  readonly #underWay: Map<string, number>;
  #committed: string[] = [];
  #proven: string[] = [];
  #failed: { id: string; code: ErrorCode }[] = [];

  constructor(ports: BatchPorts, batch: readonly ClaimedJob[]) {
    this.#ports = ports;
    this.#underWay = new Map(batch.map(({ job }) => [job.id, 0]));
  }

  take(event: ArchiveEvent): void {
    switch (event.type) {
      case 'progress':
        this.#underWay.set(event.key, event.bytes);
        return;
      case 'committed':
        this.#committed.push(event.key);
        return;
      case 'proven':
        this.#proven.push(event.key);
        return;
      case 'failed':
        this.#underWay.delete(event.key);
        this.#failed.push({ id: event.key, code: event.error.code });
        return;
      default:
        event satisfies never;
    }
  }

  /** False when the work is no longer wanted: paused, or one of its jobs was taken away. */
  async beat(): Promise<boolean> {
    await this.flush();
    const { outbox, owner } = this.#ports;
    const { paused, lost } = await outbox.leases.advance(owner, LEASE_MS, this.#underWay);
    return !paused && !lost.some((id) => this.#underWay.has(id));
  }

  async flush(): Promise<void> {
    const { outbox, owner } = this.#ports;
    const [committed, proven, failed] = [this.#committed, this.#proven, this.#failed];
    [this.#committed, this.#proven, this.#failed] = [[], [], []];
    for (const { id, code } of failed) await this.#fail(id, code);
    if (committed.length > 0) await outbox.leases.commit(owner, committed, LEASE_MS);
    if (proven.length === 0) return;
    await outbox.leases.prove(proven);
    for (const id of proven) this.#underWay.delete(id);
  }

  #fail(id: string, code: ErrorCode): Promise<void> {
    const { leases } = this.#ports.outbox;
    if (code === 'E_SOURCE_PERMISSION') return leases.wait(this.#ports.owner, [id], 'permission', null);
    return leases.fail(this.#ports.owner, id, code);
  }
}

function itemOf({ job, source }: ClaimedJob, anchors: Anchors): ArchiveItem {
  const held = anchors.hold(source);
  return {
    key: job.id,
    path: job.path,
    name: job.name,
    size: job.size,
    versionId: fromHex(job.id),
    capturedAt: job.capturedAt,
    sourceUrl: job.sourceUrl,
    sourceTitle: job.sourceTitle,
    open: () => openSource(held, job),
  };
}

/**
 * One stretch of archiving: claimed jobs go to the archiver as a stream, as fast as it takes them, and what it tells of
 * them is written to the queue a beat at a time. May not: decide what comes after.
 */
import type { ArchiveItem, Archiver } from '../../shared/archiver/index.ts';
import type { Clock } from '../../shared/async/index.ts';
import { fromHex } from '../../shared/bytes/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import { openSource, type Sources } from '../capture/worker/index.ts';
import type { ClaimedFile, ClaimedJob, Outbox } from '../queue/index.ts';
import { withHeartbeat } from './heartbeat.ts';
import { Ledger } from './ledger.ts';

export const LEASE_MS = 60_000;

export interface ArchivingPorts {
  readonly outbox: Outbox;
  readonly clock: Clock;
  /** This runner's name in leases. */
  readonly owner: string;
  readonly sources: Sources;
  /** The network is one that costs, as far as the browser says. */
  readonly isMetered: () => boolean;
  /** The queue has moved in a way that shows on the badge. */
  readonly onMoved: () => void;
}

/** More claimed jobs as they come, until there are none or the signal fires. */
export type Claims = (signal: AbortSignal) => AsyncGenerator<readonly ClaimedJob[]>;

export class Archiving {
  readonly #ports: ArchivingPorts;
  readonly #first: readonly ClaimedJob[];
  readonly #ledger = new Ledger();

  /** `first`: claimed to begin with. */
  constructor(ports: ArchivingPorts, first: readonly ClaimedJob[]) {
    this.#ports = ports;
    this.#first = first;
    this.#ledger.add(first);
  }

  /** What is still leased to us. */
  get ledger(): Pick<Ledger, 'jobs' | 'filesOf'> {
    return this.#ledger;
  }

  /** Rejects with what the archiver throws; what was acknowledged until then stands. E_METERED when a person said so. */
  async run(archiver: Archiver, more: Claims, outer: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    const ended = new AbortController();
    let items: AsyncGenerator<ArchiveItem> | null = null;
    try {
      await withHeartbeat(
        clock,
        outer,
        () => this.#beat(),
        (signal) => {
          items = this.#items(more(AbortSignal.any([signal, ended.signal])));
          return archiver.archive(items, { signal, onEvent: (event) => this.#ledger.take(event) });
        },
      );
    } finally {
      // A claim that was under way when the archiver stopped is ours still; what is yet to come is not waited for.
      ended.abort();
      await (items as AsyncGenerator<ArchiveItem> | null)?.return(undefined);
      await this.#flush();
    }
  }

  async *#items(more: AsyncGenerator<readonly ClaimedJob[]>): AsyncGenerator<ArchiveItem> {
    yield* this.#itemsOf(this.#first);
    for await (const claimed of more) {
      // After a sleep longer than a lease we are given our own jobs again: that only renewed them.
      const others = claimed.filter(({ job }) => !this.#ledger.has(job.id));
      this.#ledger.add(others);
      yield* this.#itemsOf(others);
    }
  }

  *#itemsOf(claimed: readonly ClaimedJob[]): Generator<ArchiveItem> {
    for (const each of claimed) {
      const source = this.#ports.sources.hold(each.source);
      for (const file of each.files) if (this.#ledger.hasFile(file.id)) yield this.#item({ ...each, source }, file);
    }
  }

  #item({ job, source }: ClaimedJob, file: ClaimedFile): ArchiveItem {
    const { path, name, size } = file;
    const { capturedAt, sourceUrl, sourceTitle } = job;
    return {
      key: file.id,
      versionId: fromHex(file.id),
      ...{ path, name, size, capturedAt, sourceUrl, sourceTitle },
      open: () => openSource(this.#ports.sources, source, file),
    };
  }

  /** False when the work is no longer wanted: halted, or one of its jobs was taken away. */
  async #beat(): Promise<boolean> {
    await this.#flush();
    const { outbox, owner } = this.#ports;
    await refuseMetered(this.#ports);
    const { halted, lost } = await outbox.leases.advance(owner, LEASE_MS, this.#ledger.progress());
    const ours = new Set(this.#ledger.jobs);
    return !halted && !lost.some((id) => ours.has(id));
  }

  async #flush(): Promise<void> {
    const { outbox, owner, onMoved } = this.#ports;
    const { leases, audits } = outbox;
    const { faults, blocked, committed, proven } = this.#ledger.takeNews();
    if (faults.length > 0) await leases.fail(owner, faults);
    if (blocked.length > 0) await leases.wait(owner, blocked, 'permission', null);
    if (committed.length > 0) await leases.commit(owner, committed, LEASE_MS);
    if (proven.length > 0) {
      await leases.prove(proven);
      await audits.recount();
    }
    if (faults.length + blocked.length + committed.length + proven.length > 0) onMoved();
    if (committed.length > 0 && (await leases.hold()) !== null) await leases.setHold(null);
  }
}

/** E_METERED when the network costs and a person chose to wait for another. */
export async function refuseMetered({
  outbox,
  isMetered,
}: Pick<ArchivingPorts, 'outbox' | 'isMetered'>): Promise<void> {
  if (isMetered() && (await outbox.controls.get('waitOnMetered')))
    throw new HoldfastError('E_METERED', 'the network is metered');
}

/**
 * The jobs of a run that are under way, and what the archiver told of their files. It is written a beat at a time: a
 * transaction for every file would cost more than the files. What a death loses of it is found in the vault by the next
 * try. Pure.
 */
import type { ArchiveEvent } from '../../shared/archiver/index.ts';
import type { ErrorCode } from '../../shared/errors/index.ts';
import type { ClaimedJob, FileFault } from '../queue/index.ts';

interface UnderWay {
  readonly id: string;
  /** Bytes dealt with, of the files that did not fail. */
  readonly bytes: Map<string, number>;
  /** Ids of its files that are that far. */
  readonly committed: Set<string>;
  readonly proven: Set<string>;
  /** The commit of the whole job is in the news. */
  told: boolean;
}

/** What is to be written. Jobs in `proven` are in `committed` or were before. */
export interface LedgerNews {
  readonly faults: readonly FileFault[];
  /** Jobs for which the browser must be asked again. */
  readonly blocked: readonly string[];
  readonly committed: readonly string[];
  readonly proven: readonly string[];
}

export class Ledger {
  readonly #jobs = new Map<string, UnderWay>();
  readonly #jobOf = new Map<string, UnderWay>();
  #news = blank();

  add(claimed: readonly ClaimedJob[]): void {
    for (const { job, files } of claimed) {
      const bytes = new Map(files.map(({ id }) => [id, 0]));
      const underWay: UnderWay = { id: job.id, bytes, committed: new Set(), proven: new Set(), told: false };
      this.#jobs.set(job.id, underWay);
      for (const { id } of files) this.#jobOf.set(id, underWay);
    }
  }

  has(jobId: string): boolean {
    return this.#jobs.has(jobId);
  }

  /** Ids of the jobs that are still ours. */
  get jobs(): readonly string[] {
    return [...this.#jobs.keys()];
  }

  /** Ids of its files but those that failed. */
  filesOf(jobId: string): readonly string[] {
    return [...(this.#jobs.get(jobId)?.bytes.keys() ?? [])];
  }

  /** False for a file whose job is not under way any more. */
  hasFile(fileId: string): boolean {
    return this.#jobOf.has(fileId);
  }

  /** Bytes dealt with of each job. */
  progress(): ReadonlyMap<string, number> {
    const sum = ({ bytes }: UnderWay) => [...bytes.values()].reduce((total, some) => total + some, 0);
    return new Map([...this.#jobs].map(([id, job]) => [id, sum(job)]));
  }

  take(event: ArchiveEvent): void {
    const job = this.#jobOf.get(event.key);
    if (job === undefined) return;
    switch (event.type) {
      case 'progress':
        job.bytes.set(event.key, event.bytes);
        return;
      case 'committed':
        job.bytes.set(event.key, event.size);
        job.committed.add(event.key);
        this.#look(job);
        return;
      case 'proven':
        job.proven.add(event.key);
        this.#look(job);
        return;
      case 'failed':
        this.#fail(job, event.key, event.error.code);
        return;
      default:
        event satisfies never;
    }
  }

  takeNews(): LedgerNews {
    const news = this.#news;
    this.#news = blank();
    return news;
  }

  #fail(job: UnderWay, fileId: string, code: ErrorCode): void {
    if (code === 'E_SOURCE_PERMISSION') {
      this.#news.blocked.push(job.id);
      this.#drop(job);
      return;
    }
    this.#news.faults.push({ jobId: job.id, fileId, code });
    job.bytes.delete(fileId);
    job.committed.delete(fileId);
    this.#jobOf.delete(fileId);
    if (job.bytes.size === 0) this.#drop(job);
    else this.#look(job);
  }

  /** Notes what the whole job has reached. */
  #look(job: UnderWay): void {
    if (job.committed.size === job.bytes.size && !job.told) {
      job.told = true;
      this.#news.committed.push(job.id);
    }
    if (job.proven.size < job.bytes.size) return;
    this.#news.proven.push(job.id);
    this.#drop(job);
  }

  #drop(job: UnderWay): void {
    this.#jobs.delete(job.id);
    for (const id of job.bytes.keys()) this.#jobOf.delete(id);
  }
}

function blank() {
  return {
    faults: [] as FileFault[],
    blocked: [] as string[],
    committed: [] as string[],
    proven: [] as string[],
  };
}

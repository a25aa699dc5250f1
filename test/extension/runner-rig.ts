/** A run over a real queue, with an archiver that takes a whole stream and then does what the test says. */
import { Sources, type WebPort } from '../../extension/capture/worker/index.ts';
import { createOutbox, openQueue, type QueueDb } from '../../extension/queue/index.ts';
import { Bell } from '../../extension/runner/bell.ts';
import type { RunPorts } from '../../extension/runner/run.ts';
import type { ArchiveItem, ArchiveOptions, Archiver } from '../../shared/archiver/index.ts';
import { cancelled } from '../../shared/async/index.ts';
import { type ErrorCode, HoldfastError } from '../../shared/errors/index.ts';

let count = 0;

/** What the test does with each stream, once it has ended; the vault keeps a version id once, however often it comes. */
export type Script = (
  items: readonly ArchiveItem[],
  options: ArchiveOptions,
  vault: Map<string, string>,
) => Promise<void>;

export interface Rig {
  readonly db: QueueDb;
  readonly ports: RunPorts;
  readonly clock: { now: number };
  readonly vault: Map<string, string>;
  /** Names of the files of each stream. */
  readonly streams: string[][];
  sessions: number;
}

export const wellBehaved: Script = async (items, { onEvent }, vault) => {
  for (const item of items) {
    const file = await item.open();
    await file.blob.arrayBuffer();
    vault.set(item.key, item.name);
    onEvent({ type: 'committed', key: item.key, unchanged: false, size: file.size });
  }
  for (const item of items) onEvent({ type: 'proven', key: item.key });
};

export function rig(script: Script, options: { web?: Partial<WebPort>; openEngine?: () => Promise<void> } = {}): Rig {
  const db = openQueue(`runner-${count++}`);
  const clock = { now: 1_000_000 };
  const vault = new Map<string, string>();
  const streams: string[][] = [];
  const archiver: Archiver = {
    scan: () => async (_, name) => name.startsWith('same'),
    async archive(items, archiveOptions) {
      const all: ArchiveItem[] = [];
      for await (const item of items) all.push(item);
      streams.push(all.map((item) => item.name));
      await script(all, archiveOptions, vault);
      return { committed: all.length, failed: 0, sentBytes: 0, sentPacks: 0 };
    },
  };
  const ports: RunPorts = {
    outbox: createOutbox(db, () => clock.now),
    clock: { now: () => clock.now, sleep: (_, signal) => nextTick(signal) },
    owner: 'one',
    sources: new Sources(),
    isMetered: () => false,
    random: () => 0.5,
    web: { fetch: async () => new Response('page'), isOnline: () => true, now: () => 7, ...options.web },
    woken: new Bell(),
    onMoved: () => undefined,
    async openEngine() {
      made.sessions++;
      await options.openEngine?.();
      return archiver;
    },
  };
  const made: Rig = { db, ports, clock, vault, streams, sessions: 0 };
  return made;
}

/** A beat of no length: the next turn of the event loop, or E_CANCELLED. */
export function nextTick(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    setImmediate(() => (signal?.aborted ? reject(cancelled(signal)) : resolve()));
  });
}

export const never = new AbortController().signal;
export const road = (code: ErrorCode) => new HoldfastError(code, 'the test says so');

/** Restores under way: each can be cancelled by its name, tells how far it is, and waits out a server that is away. */
import { emptyAnswerMemory, randomFraction, systemClock } from '../../shared/browser/index.ts';
import { codeOf, type ErrorCode, HoldfastError } from '../../shared/errors/index.ts';
import {
  type Patience,
  patient,
  type RestoreSet,
  restoreLength,
  restoreStream,
  restoreTree,
} from '../../shared/restorer/index.ts';
import type { ReadPack } from '../../shared/vault/index.ts';
import type {
  ConflictRule,
  RestoreNotice,
  RestorePlan,
  RestoreProgress,
  RestoreReport,
  RestoreTarget,
} from '../session/contract.ts';
import { folderTree } from './folder-tree.ts';
import { writeTo } from './target.ts';

const REPORT_EVERY_MS = 500;

function planOf(set: RestoreSet): RestorePlan {
  const size = set.files.reduce((sum, file) => sum + file.size, 0);
  return { length: restoreLength(set), size };
}

/** Where the bytes of a restore come from. Everything it asks of the server is asked again until the server is there. */
export interface RestoreSource {
  /** What the server wants before it gives the first pack, if anything. */
  readonly begin?: () => Promise<void>;
  readonly readPack: ReadPack;
}

export interface Restores {
  /** Keeps what is to be restored under a name, as it stands now, until it was run or cancelled. */
  plan(restoreId: string, set: RestoreSet): RestorePlan;
  /** The report of a restore into a folder; null for one file or ZIP, which is whole. */
  run(
    restoreId: string,
    open: (signal: AbortSignal) => RestoreSource,
    target: RestoreTarget,
  ): Promise<RestoreReport | null>;
  resolveConflict(restoreId: string, rule: ConflictRule): void;
  cancel(restoreId: string): void;
  cancelAll(): void;
}

interface Running {
  readonly controller: AbortController;
  resolve: ((rule: ConflictRule) => void) | null;
}

export function createRestores(tell: (notice: RestoreNotice) => void): Restores {
  const planned = new Map<string, { readonly set: RestoreSet; readonly plan: RestorePlan }>();
  const running = new Map<string, Running>();

  function chosen(restoreId: string) {
    const found = planned.get(restoreId);
    if (found === undefined) throw new HoldfastError('E_INTERNAL', 'nothing is planned under this name');
    return found;
  }

  function askConflict(restoreId: string, { controller: { signal } }: Running, path: readonly string[]) {
    return new Promise<ConflictRule>((resolve, reject) => {
      const mine = running.get(restoreId);
      if (mine !== undefined) mine.resolve = resolve;
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      tell({ type: 'restore-conflict', restoreId, path });
    });
  }

  return {
    plan(restoreId, set) {
      const plan = planOf(set);
      planned.set(restoreId, { set, plan });
      return plan;
    },
    async run(restoreId, open, target) {
      const mine: Running = { controller: new AbortController(), resolve: null };
      const { signal } = mine.controller;
      running.set(restoreId, mine);
      try {
        const onWait = (code: ErrorCode | null): void => meter.waits(code);
        const patience: Patience = { sleep: systemClock.sleep, random: randomFraction, signal, onWait };
        const { set, plan } = chosen(restoreId);
        const { length, size } = plan;
        const source = open(signal);
        const read = patient(source.readPack, patience);
        const meter = createMeter(restoreId, target.kind === 'folder' ? size : length, (progress) =>
          tell({ type: 'restore-progress', progress }),
        );
        if (source.begin) await patient(source.begin, patience)();
        if (target.kind === 'folder') {
          const onConflict = (path: readonly string[]) => askConflict(restoreId, mine, path);
          return await restoreTree(set, read, folderTree(target.handle), { signal, onConflict, onBytes: meter.bytes });
        }
        await writeTo(target, restoreStream(set, read, signal), length, { signal, onBytes: meter.bytes });
        return null;
      } catch (error) {
        // The page that waits on the other end of a port must hear it even when the plan already failed.
        if (target.kind === 'port') target.port.postMessage({ type: 'error', code: codeOf(error) });
        throw error;
      } finally {
        running.delete(restoreId);
        planned.delete(restoreId);
        if (running.size === 0) emptyAnswerMemory();
      }
    },
    resolveConflict: (restoreId, rule) => running.get(restoreId)?.resolve?.(rule),
    cancel(restoreId) {
      planned.delete(restoreId);
      running.get(restoreId)?.controller.abort();
    },
    cancelAll() {
      planned.clear();
      for (const { controller } of running.values()) controller.abort();
    },
  };
}

/** Tells how far a restore is, now and then, and at once that it waits or goes on. */
function createMeter(restoreId: string, length: number, tell: (progress: RestoreProgress) => void) {
  let bytes = 0;
  let waiting: ErrorCode | null = null;
  let told = performance.now();
  const say = (): void => {
    told = performance.now();
    tell({ restoreId, bytes, length, waiting });
  };
  return {
    bytes: (now: number): void => {
      bytes = now;
      if (bytes === length || performance.now() - told >= REPORT_EVERY_MS) say();
    },
    waits: (code: ErrorCode | null): void => {
      if (waiting === code) return;
      waiting = code;
      say();
    },
  };
}

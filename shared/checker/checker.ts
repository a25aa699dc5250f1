/** Audits: packs drawn at random, read back and examined; and which files a damaged pack touches. */
import type { Random } from '../async/index.ts';
import { throwIfAborted } from '../async/index.ts';
import { type Bytes, readU32be } from '../bytes/index.ts';
import type { DomainKeys } from '../crypto/index.ts';
import { codeOf } from '../errors/index.ts';
import { NODE_KIND } from '../format/index.ts';
import {
  countsOf,
  type NodeState,
  newestVersion,
  nodesOf,
  type PackPlace,
  type PackRange,
  packsOf,
  type Vault,
} from '../vault/index.ts';
import { examine, FAULTS, type Verdict } from './examine.ts';
import { packsOfVersion } from './proof.ts';

export interface CheckerDeps {
  readonly vault: Pick<Vault, 'vaultId' | 'state'>;
  readonly domain: DomainKeys;
  /** Index key of the vault, 32 bytes. */
  readonly indexKey: Bytes;
  readonly api: { pack(vaultId: string, packId: string, range?: PackRange, signal?: AbortSignal): Promise<Bytes> };
  readonly random: Random;
}

export interface AuditOptions {
  /** How many packs to draw; of a vault with fewer, each is read once. */
  readonly packs: number;
  /** Packs to read before those drawn: the damaged ones of earlier audits, which may have been mended. */
  readonly again?: readonly string[];
  readonly signal: AbortSignal;
}

export interface Checker {
  /**
   * Reads packs back and tells of each, as soon as it is known. Every pack costs the server one request, for the whole of
   * it, whatever came of the ones before. Memory: one pack and one chunk. Errors: E_CANCELLED, those of the road.
   *
   * Every pack is as likely to be drawn as every other, in each audit anew, so that the share `p` of damaged packs is
   * missed by `n` draws with probability at most (1 − p)ⁿ. To see damage with 95 % (99 %) certainty takes
   * n = ⌈ln 0.05 / ln (1 − p)⌉ draws: 299 (459) where 1 % is damaged, 2,995 (4,603) where 0.1 % is. At ten a day that is
   * 30 days and 300 days. A single damaged pack among N is found by a day's draws with probability 10 / N.
   */
  audit(options: AuditOptions): AsyncGenerator<Verdict, void, undefined>;
  /**
   * How many files that are not deleted have content of their newest version in these packs. Errors: E_CANCELLED, and
   * those of the road, met where the manifest of a large file is read.
   */
  filesTouched(packIds: ReadonlySet<string>, signal: AbortSignal): Promise<number>;
}

export function createChecker({ vault, domain, indexKey, api, random }: CheckerDeps): Checker {
  return {
    async *audit({ packs, again = [], signal }) {
      const { state, vaultId } = vault;
      const drawn = draw(countsOf(state).packs, packs, random);
      const chosen = placesAt([...packsOf(state)], drawn, again);
      const rows = rowsIn(chosen.map(({ row }) => row));
      const read = (packId: string): Promise<Bytes> => api.pack(vaultId, packId, undefined, signal);
      for (const { row, place } of chosen) {
        throwIfAborted(signal);
        yield await examine({ state, domain, indexKey, read }, place, rows.get(row) ?? 0);
      }
    },

    async filesTouched(packIds, signal) {
      let files = 0;
      for (const node of nodesOf(vault.state)) {
        throwIfAborted(signal);
        const isFile = node.kind === NODE_KIND.file && !node.deleted;
        if (isFile && (await isTouched(node, packIds, signal))) files++;
      }
      return files;
    },
  };

  async function isTouched(node: NodeState, packIds: ReadonlySet<string>, signal: AbortSignal): Promise<boolean> {
    const { state, vaultId } = vault;
    const read = (packId: string, range: PackRange): Promise<Bytes> => api.pack(vaultId, packId, range, signal);
    try {
      const packs = await packsOfVersion(state, domain, newestVersion(state, node), read);
      return [...packs].some((id) => packIds.has(id));
    } catch (error) {
      // The list of its chunks lies in a damaged pack itself.
      if (FAULTS.has(codeOf(error))) return true;
      throw error;
    }
  }

  /** How many chunks the index places in each of these packs. */
  function rowsIn(packs: readonly number[]): ReadonlyMap<number, number> {
    const { chunks } = vault.state;
    const counts = new Map(packs.map((pack) => [pack, 0]));
    for (let chunk = 0; chunk < chunks.rows; chunk++) {
      const pack = chunks.pack.get(chunk);
      const count = counts.get(pack);
      if (count !== undefined) counts.set(pack, count + 1);
    }
    return counts;
  }
}

interface Chosen {
  /** In the order of the index. */
  readonly row: number;
  readonly place: PackPlace;
}

/** First those to be read again, then those drawn, in the order drawn: an audit that ends early has still drawn evenly. */
function placesAt(places: readonly PackPlace[], drawn: readonly number[], again: readonly string[]): readonly Chosen[] {
  const wanted = new Set(again);
  const rows = new Set(places.flatMap(({ id }, row) => (wanted.has(id) ? [row] : [])));
  for (const row of drawn) rows.add(row);
  return [...rows].map((row) => ({ row, place: places[row] as PackPlace }));
}

/** At most `wanted` different numbers below `count`, each as likely as the others, in the order drawn. */
function draw(count: number, wanted: number, random: Random): readonly number[] {
  const drawn = new Set<number>();
  while (drawn.size < Math.min(count, wanted)) drawn.add(below(count, random));
  return [...drawn];
}

/** A number from 0 to `count` − 1; what would favour the low ones is drawn again. */
function below(count: number, random: Random): number {
  const fair = 2 ** 32 - (2 ** 32 % count);
  for (;;) {
    const word = readU32be(random.bytes(4));
    if (word < fair) return word % count;
  }
}

/** Audits: packs drawn at random, asked about or read back and examined; and which files a damaged pack touches. */
import type { Random } from '../async/index.ts';
import { throwIfAborted } from '../async/index.ts';
import { type Bytes, readU32be } from '../bytes/index.ts';
import type { DomainKeys } from '../crypto/index.ts';
import { codeOf } from '../errors/index.ts';
import { AUDIT_SALT_BYTES, makeAuditTokens, NODE_KIND } from '../format/index.ts';
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
import { type ChallengeApi, challengePacks } from './challenge.ts';
import { examine, FAULTS, unlessFaulty, type Verdict } from './examine.ts';
import { packsOfVersion } from './proof.ts';
import type { TokenStore } from './tokens.ts';

/** Packs drawn for each that is to be asked about, because some have no token. */
const DRAWN_FOR_EACH = 10;

export interface CheckerDeps {
  readonly vault: Pick<Vault, 'vaultId' | 'state'>;
  readonly domain: DomainKeys;
  /** Index key of the vault, 32 bytes. */
  readonly indexKey: Bytes;
  readonly api: ChallengeApi & {
    pack(vaultId: string, packId: string, range?: PackRange, signal?: AbortSignal): Promise<Bytes>;
  };
  readonly tokens: TokenStore;
  readonly random: Random;
}

export interface AuditOptions {
  /** How many packs to draw; of a vault with fewer, each is read once. */
  readonly packs: number;
  /** Packs to read before those drawn: the damaged ones of earlier audits, which may have been mended. */
  readonly again?: readonly string[];
  readonly signal: AbortSignal;
}

export interface ChallengeOptions {
  /** How many packs to ask about at most, MAX_CHALLENGES at most. */
  readonly packs: number;
  /** Milliseconds since 1970. */
  readonly at: number;
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
   *
   * A pack that is whole gets new tokens, a damaged one loses those it had.
   */
  audit(options: AuditOptions): AsyncGenerator<Verdict, void, undefined>;
  /**
   * Asks the server about packs drawn evenly among those that have a token and were not asked about within a day: for the
   * HMAC of 64 KiB of each, which only who has them can answer. No pack travels. Answers the ids of those that owe a right
   * answer: they are to be read, and nobody else is asked before they are. A failure of the road is no answer, so that a
   * server cannot get out of a challenge by breaking it off; a server that knows no challenges is told no key.
   *
   * A lost pack is found by every token, one that lost the share `s` of its ranges by a token with probability `s`.
   */
  challenge(options: ChallengeOptions): Promise<readonly string[]>;
  /**
   * How many files that are not deleted have content of their newest version in these packs. Errors: E_CANCELLED, and
   * those of the road, met where the manifest of a large file is read.
   */
  filesTouched(packIds: ReadonlySet<string>, signal: AbortSignal): Promise<number>;
}

export function createChecker({ vault, domain, indexKey, api, tokens, random }: CheckerDeps): Checker {
  return {
    async *audit({ packs, again = [], signal }) {
      const { state, vaultId } = vault;
      const drawn = draw(countsOf(state).packs, packs, random);
      const chosen = placesAt([...packsOf(state)], drawn, again);
      const rows = rowsIn(chosen.map(({ row }) => row));
      for (const { row, place } of chosen) {
        throwIfAborted(signal);
        const bytes = await unlessFaulty(() => api.pack(vaultId, place.id, undefined, signal));
        const damage = await examine({ state, domain, indexKey }, place, bytes, rows.get(row) ?? 0);
        yield { packId: place.id, damage };
        // Not before the verdict was taken: until then an answer is owed.
        await settle(place.id, damage === null ? bytes : null).catch(() => undefined);
      }
    },

    async challenge({ packs, at, signal }) {
      const { state, vaultId } = vault;
      const owed = await tokens.owed(vaultId);
      if (packs === 0 || owed.length > 0) return owed;
      const places = [...packsOf(state)];
      const drawn = draw(places.length, packs * DRAWN_FOR_EACH, random).map((row) => (places[row] as PackPlace).id);
      await challengePacks({ vaultId, domain, api, tokens }, drawn, packs, at, signal);
      return tokens.owed(vaultId);
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

  /** `whole`: a pack's bytes, null if it is damaged. Tokens that cannot be kept are no reason to read less. */
  async function settle(packId: string, whole: Bytes | null): Promise<void> {
    const { vaultId } = vault;
    if (whole === null) return tokens.forget(vaultId, packId);
    const made = await makeAuditTokens(domain, packId, whole, random.bytes(AUDIT_SALT_BYTES));
    await tokens.put(vaultId, packId, made);
  }

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

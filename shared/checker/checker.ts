/** Audits: packs drawn at random, asked about or read back and examined; and which files a damaged pack touches. */
import type { Random } from '../async/index.ts';
import { mapConcurrent, throwIfAborted } from '../async/index.ts';
import { type Bytes, readU32be } from '../bytes/index.ts';
import type { DomainKeys } from '../crypto/index.ts';
import { AUDIT_SALT_BYTES, makeAuditTokens, NODE_KIND } from '../format/index.ts';
import {
  liesIn,
  nodesOf,
  type PackInUse,
  type PackRange,
  packsInUse,
  type Vault,
  type VersionState,
  versionsOf,
} from '../vault/index.ts';
import { type ChallengeApi, challengePacks } from './challenge.ts';
import { examine, unlessFaulty, type Verdict } from './examine.ts';
import type { TokenStore } from './tokens.ts';

/** Packs drawn for each that is to be asked about, because some have no token. */
const DRAWN_FOR_EACH = 10;
/** Versions looked at together: each is a few questions to WebCrypto, which answers several as soon as one. */
const LOOKED_AT = 16;

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

/** What of a vault lies in some packs. */
export interface Touched {
  /** Files that are not deleted, by their newest version. */
  readonly files: number;
  /** Some of the other versions do: older ones, and those of deleted files. */
  readonly others: boolean;
}

/** A pack that no chunk lies in is never drawn, read or asked about: nothing needs it. */
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
  /** Whose content lies in these packs. Errors: E_CANCELLED, and those of the road, met where the manifest of a large file is read. */
  touched(packIds: ReadonlySet<string>, signal: AbortSignal): Promise<Touched>;
  /**
   * Forgets the tokens of packs that no chunk lies in: those that never came to be in the log, and those whose chunks have
   * another place. May not run beside an upload, whose packs are not in the log yet.
   */
  forgetUnused(): Promise<void>;
}

export function createChecker({ vault, domain, indexKey, api, tokens, random }: CheckerDeps): Checker {
  return {
    async *audit({ packs, again = [], signal }) {
      const { state, vaultId } = vault;
      const inUse = packsInUse(state);
      for (const pack of chosen(inUse, draw(inUse.length, packs, random), again)) {
        throwIfAborted(signal);
        const bytes = await unlessFaulty(() => api.pack(vaultId, pack.id, undefined, signal));
        const damage = await examine({ state, domain, indexKey }, pack, bytes);
        yield { packId: pack.id, damage };
        // Not before the verdict was taken: until then an answer is owed.
        await settle(pack.id, damage === null ? bytes : null).catch(() => undefined);
      }
    },

    async challenge({ packs, at, signal }) {
      const { state, vaultId } = vault;
      const ids = packsInUse(state).map(({ id }) => id);
      const inUse = new Set(ids);
      const owing = async () => (await tokens.owed(vaultId)).filter((id) => inUse.has(id));
      const owed = await owing();
      if (packs === 0 || owed.length > 0) return owed;
      const drawn = draw(ids.length, packs * DRAWN_FOR_EACH, random).map((at) => ids[at] as string);
      await challengePacks({ vaultId, domain, api, tokens }, drawn, packs, at, signal);
      return owing();
    },

    async touched(packIds, signal) {
      const read = (packId: string, range: PackRange): Promise<Bytes> => api.pack(vault.vaultId, packId, range, signal);
      const found = { files: 0, others: false };
      const look = async ({ version, current }: FileVersion): Promise<void> => {
        if (!current && found.others) return;
        if (!(await liesIn(packIds, vault.state, domain, version, read))) return;
        if (current) found.files++;
        else found.others = true;
      };
      for await (const _ of mapConcurrent(fileVersions(), LOOKED_AT, look, signal)) throwIfAborted(signal);
      return found;
    },

    async forgetUnused() {
      const { state, vaultId } = vault;
      const inUse = new Set(packsInUse(state).map(({ id }) => id));
      await tokens.prune(vaultId, (packId) => inUse.has(packId));
    },
  };

  /** `whole`: a pack's bytes, null if it is damaged. Tokens that cannot be kept are no reason to read less. */
  async function settle(packId: string, whole: Bytes | null): Promise<void> {
    const { vaultId } = vault;
    if (whole === null) return tokens.forget(vaultId, packId);
    const made = await makeAuditTokens(domain, packId, whole, random.bytes(AUDIT_SALT_BYTES));
    await tokens.put(vaultId, packId, made);
  }

  function* fileVersions(): Generator<FileVersion> {
    for (const node of nodesOf(vault.state)) {
      if (node.kind !== NODE_KIND.file) continue;
      const versions = versionsOf(vault.state, node);
      for (const version of versions) yield { version, current: !node.deleted && version === versions.at(-1) };
    }
  }
}

interface FileVersion {
  readonly version: VersionState;
  /** The newest of a file that is not deleted. */
  readonly current: boolean;
}

/** First those to be read again, then those drawn, in the order drawn: an audit that ends early has still drawn evenly. */
function chosen(packs: readonly PackInUse[], drawn: readonly number[], again: readonly string[]): Set<PackInUse> {
  const wanted = new Set(again);
  return new Set([...packs.filter(({ id }) => wanted.has(id)), ...drawn.map((at) => packs[at] as PackInUse)]);
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

/** What every rule of the domain is given: the stores, the clock, the secrets, the settings, and what was begun just now. */
import type { Bytes } from '../../shared/bytes/index.ts';
import { Pending } from './pending.ts';
import type { AccountRecord, Clock, MetadataStore, PackStore } from './ports.ts';
import type { Secrets } from './secrets.ts';
import { Tally } from './tally.ts';

export interface Settings {
  readonly registration: 'open' | 'closed';
  /** Bytes that one account may hold. */
  readonly quotaBytes: number;
}

export interface PendingLogin {
  readonly state: string;
  readonly name: string;
  /** As it was at the start; null for a name that nobody has. */
  readonly account: AccountRecord | null;
}

export interface PendingChallenge {
  readonly purpose: 'device' | 'recovery';
  readonly subject: string;
}

export interface Deps {
  readonly metadata: MetadataStore;
  readonly packs: PackStore;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly settings: Settings;
  readonly logins: Pending<PendingLogin>;
  readonly challenges: Pending<PendingChallenge>;
  /** Of accounts made just now: the SHA-256 of the request, by account. */
  readonly registrations: Pending<Bytes>;
  /** Bytes of packs that are being received, by account. */
  readonly uploads: Tally;
  /** Bytes that pack answers under way hold, by vault; those to links apart. */
  readonly answers: Tally;
}

const EXCHANGE_MS = 60_000;
/** A waiting sign-in holds about 1 KB. */
const MOST_EXCHANGES = 10_000;
/** A client that got no answer asks again within this time. */
const REPETITION_MS = 600_000;

export function deps(parts: Pick<Deps, 'metadata' | 'packs' | 'clock' | 'secrets' | 'settings'>): Deps {
  return {
    ...parts,
    logins: new Pending<PendingLogin>(parts.clock, EXCHANGE_MS, MOST_EXCHANGES),
    challenges: new Pending<PendingChallenge>(parts.clock, EXCHANGE_MS, MOST_EXCHANGES),
    registrations: new Pending<Bytes>(parts.clock, REPETITION_MS, MOST_EXCHANGES),
    uploads: new Tally(),
    answers: new Tally(),
  };
}

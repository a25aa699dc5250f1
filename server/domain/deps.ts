/** What every rule of the domain is given: the stores, the clock, the secrets, the settings, and what is half done. */
import { Pending } from './pending.ts';
import type { AccountRecord, Clock, MetadataStore, PackStore } from './ports.ts';
import type { Secrets } from './secrets.ts';

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
}

const EXCHANGE_MS = 60_000;
/** A waiting sign-in holds about 1 KB. */
const MOST_EXCHANGES = 10_000;

export function deps(parts: Omit<Deps, 'logins' | 'challenges'>): Deps {
  return {
    ...parts,
    logins: new Pending<PendingLogin>(parts.clock, EXCHANGE_MS, MOST_EXCHANGES),
    challenges: new Pending<PendingChallenge>(parts.clock, EXCHANGE_MS, MOST_EXCHANGES),
  };
}

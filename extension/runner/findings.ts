/** What audits found of packs, for the archiver. What it misses itself counts as found, until an audit has read it. */
import type { PackFindings } from '../../shared/archiver/index.ts';
import type { Clock } from '../../shared/async/index.ts';
import type { AuditLog, TokenStore } from '../../shared/checker/index.ts';
import { damagedIn } from './audit.ts';

export interface FindingsPorts {
  readonly log: AuditLog;
  readonly tokens: Pick<TokenStore, 'owe'>;
  readonly clock: Pick<Clock, 'now'>;
  /** A pack did not come back. */
  readonly onLost: () => Promise<void>;
}

export function createFindings({ log, tokens, clock, onLost }: FindingsPorts): PackFindings {
  return {
    damaged: async (vaultId) => new Set(await damagedIn(log, vaultId, clock.now())),
    async note(vaultId, packId) {
      await log.note(vaultId, { packId, damage: 'missing' }, clock.now());
      await tokens.owe(vaultId, [packId], clock.now());
      await onLost();
    },
  };
}

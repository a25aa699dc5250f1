/** When the vault was last given a file: an entry of its log may as well be a link, a device or a password. */
import { factsOf, type VaultState } from '../../shared/vault/index.ts';

/** When the newest version in the log was captured; null when there is none. */
export function lastBackupAt(state: VaultState): number | null {
  const { rows } = state.versions;
  return rows === 0 ? null : factsOf(state, rows - 1, true).capturedAt;
}

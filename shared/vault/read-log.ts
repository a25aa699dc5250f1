/**
 * Reads a log once, from its start, for somebody who writes nothing and keeps nothing between runs. Verifies every entry as
 * the vault does; without a pinned head it cannot see that a log ends early, only that it is not what it says it is.
 */
import { throwIfAborted } from '../async/index.ts';
import { type Bytes, fromHex, toHex } from '../bytes/index.ts';
import type { LogEntries } from '../client/index.ts';
import { codeOf, HoldfastError } from '../errors/index.ts';
import type { OpenedEntry } from '../format/index.ts';
import { MAX_ENTRIES_PER_READ } from '../protocol/index.ts';
import { applyEntry } from './apply.ts';
import { emptyState, type VaultState } from './state.ts';
import { verifyNext } from './verify.ts';

/** Where a log is read from: the API client, or a copy. */
export interface LogReader {
  readLog(vaultId: string, after: number, limit?: number, signal?: AbortSignal): Promise<LogEntries>;
}

export interface ReadLogOptions {
  /** The state is that before the first entry, not the genesis, for which this says so; what follows is not read. */
  readonly before?: (entry: OpenedEntry) => boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The state that a vault's log adds up to.
 * @param logKey 32 bytes
 * Errors: E_INTEGRITY or E_DOWNGRADE, with the number of the entry in the text; E_FORK when the entries do not lead to the
 * head that the reader names; E_CANCELLED; those of the reader.
 */
export async function readLog(
  reader: LogReader,
  vaultId: string,
  logKey: Bytes,
  { before = () => false, signal }: ReadLogOptions = {},
): Promise<VaultState> {
  const id = fromHex(vaultId);
  const state = emptyState();
  for (;;) {
    const page = await reader.readLog(vaultId, state.seq, MAX_ENTRIES_PER_READ, signal);
    for (const { body } of page.entries) {
      throwIfAborted(signal);
      const opened = await atEntry(state, () => verifyNext(state, id, logKey, body));
      if (state.seq > 0 && before(opened.entry)) return state;
      await atEntry(state, async () => applyEntry(state, opened.entry, state.seq + 1, opened.hash));
    }
    if (state.seq >= page.head.seq) {
      if (toHex(state.hash) !== page.head.hash) throw new HoldfastError('E_FORK', 'the log does not lead to its head');
      return state;
    }
    if (page.entries.length === 0)
      throw new HoldfastError('E_INTEGRITY', `entry ${state.seq + 1} of the log is missing`);
  }
}

async function atEntry<T>(state: VaultState, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    throw new HoldfastError(codeOf(cause), `entry ${state.seq + 1} of the log does not verify`, { cause });
  }
}

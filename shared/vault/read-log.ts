/**
 * Reads a log once, from its start, for somebody who writes nothing and keeps nothing between runs. Verifies every entry as
 * the vault does; without a pinned head it cannot see that a log ends early, only that it is not what it says it is.
 */
import { throwIfAborted } from '../async/index.ts';
import { type Bytes, fromHex, toHex } from '../bytes/index.ts';
import type { LogEntries } from '../client/index.ts';
import { codeOf, type ErrorCode, HoldfastError } from '../errors/index.ts';
import type { Op, OpenedEntry } from '../format/index.ts';
import { MAX_ENTRIES_PER_READ } from '../protocol/index.ts';
import { applyEntry } from './apply.ts';
import { emptyState, type VaultState } from './state.ts';
import { verifyNext } from './verify.ts';

/** Where a log is read from: the API client, or a copy. */
export interface LogReader {
  readLog(vaultId: string, after: number, limit?: number, signal?: AbortSignal): Promise<LogEntries>;
}

export interface ReadLogOptions {
  /**
   * From the first entry for which this says so, but for the genesis, files stay as they were before it. Where chunks lie is
   * taken from what follows all the same, as far as that verifies: what was lost since may have another place by now.
   */
  readonly before?: (entry: OpenedEntry) => boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What is wrong with a log itself. */
const BAD_LOG: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['E_INTEGRITY', 'E_DOWNGRADE', 'E_FORK']);
/** What an entry says of other things than files, their names and links. */
const NOT_OF_FILES: ReadonlySet<Op['op']> = new Set<Op['op']>([
  'index-add',
  'device-cert',
  'device-revoke',
  'grant-key',
  'suite-raise',
]);

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
  let isOver = false;
  const read = async (body: Bytes): Promise<void> => {
    const { entry, hash } = await verifyNext(state, id, logKey, body);
    isOver ||= state.seq > 0 && before(entry);
    const ops = isOver ? entry.ops.filter(({ op }) => NOT_OF_FILES.has(op)) : entry.ops;
    applyEntry(state, { ...entry, ops }, state.seq + 1, hash);
  };
  try {
    for (;;) {
      const page = await reader.readLog(vaultId, state.seq, MAX_ENTRIES_PER_READ, signal);
      for (const { body } of page.entries) {
        throwIfAborted(signal);
        await atEntry(state, () => read(body));
      }
      if (state.seq < page.head.seq && page.entries.length === 0)
        throw new HoldfastError('E_INTEGRITY', `entry ${state.seq + 1} of the log is missing`);
      if (state.seq < page.head.seq) continue;
      if (toHex(state.hash) !== page.head.hash) throw new HoldfastError('E_FORK', 'the log does not lead to its head');
      return state;
    }
  } catch (error) {
    if (isOver && BAD_LOG.has(codeOf(error))) return state;
    throw error;
  }
}

async function atEntry(state: VaultState, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (cause) {
    throw new HoldfastError(codeOf(cause), `entry ${state.seq + 1} of the log does not verify`, { cause });
  }
}

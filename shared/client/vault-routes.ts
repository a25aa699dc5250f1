/** Routes of vaults: log entries with compare-and-set, packs. Bytes in, bytes out; verifies nothing but form. */
import { type Bytes, toBase64url } from '../bytes/index.ts';
import {
  type Head,
  headTag,
  logPath,
  logReadPath,
  MAX_ENTRIES_PER_READ,
  PACK_CLASSES,
  PACK_HEADER,
  packsChallengePath,
  packsMissingPath,
  packsPath,
  packsReadPath,
} from '../protocol/index.ts';
import * as answers from './answers.ts';
import { ask, BULK_TIMEOUT_MS, type CallRequest, isSuccess, send } from './call.ts';
import { parseJson, protocolError } from './decode.ts';
import type { AppendOutcome, LogEntries, PackChallenge, PackRange } from './messages.ts';
import { problemCode, problemError } from './problem.ts';
import type { Transport, TransportResponse } from './transport.ts';

export interface VaultRoutes {
  /** Entries after sequence number `after`, at most `limit`; never an empty page while the head is further on. */
  readLog(vault: string, after: number, limit?: number, signal?: AbortSignal): Promise<LogEntries>;
  /**
   * Appends entry bodies to the log if its head is still `head`. `requires` are packs that must be durable first.
   * After a lost answer (E_OFFLINE, E_TIMEOUT) the entries may or may not be there: read the log, never assume.
   */
  append(
    vault: string,
    head: Head,
    bodies: readonly Bytes[],
    requires: readonly string[],
    signal?: AbortSignal,
  ): Promise<AppendOutcome>;
  /** Those of `ids` that the server does not hold. */
  packsMissing(vault: string, ids: readonly string[], signal?: AbortSignal): Promise<readonly string[]>;
  /**
   * Of each pack what the server answers to this key, 16 bytes, in the order asked; null where it has nothing to answer
   * with. At most MAX_CHALLENGES. Never sent again by itself, for a key is good for one question.
   */
  challengePacks(
    vault: string,
    challenges: readonly PackChallenge[],
    signal?: AbortSignal,
  ): Promise<readonly (Bytes | null)[]>;
  /** Resolves when the pack is durable. `id` is the SHA-256 of `pack` as hex; E_INTEGRITY when it is not. */
  putPack(vault: string, id: string, pack: Bytes, signal?: AbortSignal): Promise<void>;
  /** The whole pack, or an aligned part of it. The length is checked, the content is the caller's to verify. */
  pack(vault: string, id: string, range?: PackRange, signal?: AbortSignal): Promise<Bytes>;
}

export function vaultRoutes(transport: Transport): VaultRoutes {
  return {
    async readLog(vault, after, limit = MAX_ENTRIES_PER_READ, signal) {
      const path = logReadPath(vault);
      const asked = { method: 'POST', path, json: { after, limit }, idempotent: true, signal } as const;
      const page = await ask(transport, { ...asked, timeoutMs: BULK_TIMEOUT_MS }, answers.logEntries);
      const remaining = Math.max(0, page.head.seq - after);
      if (page.entries.length > limit || (page.entries.length === 0 && remaining > 0)) {
        throw protocolError('the log page does not fit its head');
      }
      // What was appended while the server read its head belongs to the next page.
      return { ...page, entries: page.entries.slice(0, remaining) };
    },

    async append(vault, head, bodies, requires, signal) {
      const response = await send(transport, {
        method: 'POST',
        path: logPath(vault),
        headers: { 'if-match': headTag(head.seq, head.hash) },
        json: { entries: bodies.map((body) => ({ body: toBase64url(body) })), requires },
        timeoutMs: BULK_TIMEOUT_MS,
        signal,
      });
      return appendOutcome(response, head.seq + bodies.length, requires);
    },

    async packsMissing(vault, ids, signal) {
      const path = packsMissingPath(vault);
      const call = { method: 'POST', path, json: { ids }, idempotent: true, signal } as const;
      return onlyOf(ids, await ask(transport, call, answers.missing));
    },

    async challengePacks(vault, challenges, signal) {
      const json = { challenges: challenges.map(({ packId, key }) => ({ pack: packId, key: toBase64url(key) })) };
      const call = {
        method: 'POST',
        path: packsChallengePath(vault),
        json,
        timeoutMs: BULK_TIMEOUT_MS,
        signal,
      } as const;
      const given = await ask(transport, call, answers.challenges);
      if (given.length !== challenges.length) throw protocolError('the server answered another number of challenges');
      return given;
    },

    async putPack(vault, id, pack, signal) {
      const headers = { [PACK_HEADER]: id };
      const path = packsPath(vault);
      const call = { method: 'POST', path, headers, bytes: pack, idempotent: true, signal } as const;
      const stored = await ask(transport, { ...call, timeoutMs: BULK_TIMEOUT_MS }, answers.packId);
      if (stored !== id) throw protocolError('the server acknowledged another pack');
    },

    pack(vault, id, range, signal) {
      const path = packsReadPath(vault);
      return readPack(transport, { method: 'POST', path, json: { pack: id }, idempotent: true, signal }, range);
    },
  };
}

function appendOutcome(response: TransportResponse, seq: number, requires: readonly string[]): AppendOutcome {
  if (isSuccess(response)) {
    const head = answers.newHead(parseJson(response.body));
    if (head.seq !== seq) throw protocolError('the new head does not count the entries');
    return { ok: true, head };
  }
  const code = problemCode(response);
  if (code === 'head-moved') return { ok: false, reason: code, head: answers.newHead(parseJson(response.body)) };
  if (code === 'packs-missing') {
    const missing = onlyOf(requires, answers.missing(parseJson(response.body)));
    if (missing.length === 0) throw protocolError('the server misses no pack by name');
    return { ok: false, reason: code, missing };
  }
  throw problemError(response);
}

function onlyOf(asked: readonly string[], answered: readonly string[]): readonly string[] {
  const known = new Set(asked);
  if (!answered.every((id) => known.has(id))) throw protocolError('the server named a pack nobody asked about');
  return answered;
}

/** Reads a pack or part of one; shared with the share origin's route. */
export async function readPack(transport: Transport, call: CallRequest, range?: PackRange): Promise<Bytes> {
  const asked = range === undefined ? {} : { range: `bytes=${range.start}-${range.end - 1}` };
  const headers = { ...call.headers, ...asked };
  const response = await send(transport, { ...call, headers, timeoutMs: BULK_TIMEOUT_MS });
  if (!isSuccess(response)) throw problemError(response);
  if (!answersRange(response, range)) throw protocolError('the server sent another part of the pack');
  return response.body;
}

/** A server answers the whole (200) instead of a part (206) where both are the same, or when it knows no ranges. */
function answersRange({ status, body }: TransportResponse, range: PackRange | undefined): boolean {
  if (range === undefined) return status === 200 && PACK_CLASSES.some((size) => size === body.length);
  const whole = status === 200 && range.start === 0;
  return (status === 206 || whole) && body.length === range.end - range.start;
}

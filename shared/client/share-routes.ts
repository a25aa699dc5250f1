/** Routes of the share origin, for a recipient without an account. No cookie, no session: a proof, then a ticket. */
import type { Bytes } from '../bytes/index.ts';
import { MAX_LINK_RECORD, ROUTES, sharePackPath } from '../protocol/index.ts';
import * as answers from './answers.ts';
import { ask, BULK_TIMEOUT_MS, tell } from './call.ts';
import type { LinkProof, OpenedLink, PackRange } from './messages.ts';
import { wireProof } from './requests.ts';
import type { Transport } from './transport.ts';
import { readPack } from './vault-routes.ts';

/** The longest record as base64url, and the rest of the answer. */
const MAX_RECORD_ANSWER_BYTES = Math.ceil((MAX_LINK_RECORD * 4) / 3) + 4_096;

export interface ShareRoutes {
  /** E_LINK_GONE, E_LINK_PASSWORD, E_LINK_LOCKED. Counts nothing but wrong proofs. */
  open(proof: LinkProof, signal?: AbortSignal): Promise<OpenedLink>;
  /**
   * Begins a download under a ticket of the recipient's own making, 32 random bytes as base64url, or goes on with the one
   * that it stands for. It ends an hour after its last pack. E_LINK_GONE when no download is left.
   */
  ticket(proof: LinkProof, ticket: string, signal?: AbortSignal): Promise<void>;
  pack(ticket: string, id: string, range?: PackRange, signal?: AbortSignal): Promise<Bytes>;
  /** Says that the whole download arrived and verified. E_LINK_GONE when that was said before. */
  complete(ticket: string, signal?: AbortSignal): Promise<void>;
}

export function createShareApi(transport: Transport): ShareRoutes {
  const admitted = (ticket: string) => ({ authorization: `Ticket ${ticket}` });
  return {
    open: (proof, signal) => {
      const call = { method: 'POST', path: ROUTES.shareOpen, json: wireProof(proof), signal } as const;
      return ask(
        transport,
        { ...call, timeoutMs: BULK_TIMEOUT_MS, maxAnswerBytes: MAX_RECORD_ANSWER_BYTES },
        answers.openedLink,
      );
    },

    ticket: (proof, ticket, signal) =>
      tell(transport, {
        method: 'POST',
        path: ROUTES.shareTicket,
        json: { ...wireProof(proof), ticket },
        idempotent: true,
        signal,
      }),

    pack: (ticket, id, range, signal) =>
      readPack(transport, { method: 'GET', path: sharePackPath(id), headers: admitted(ticket), signal }, range),

    complete: (ticket, signal) =>
      tell(transport, {
        method: 'POST',
        path: ROUTES.shareComplete,
        headers: admitted(ticket),
        json: {},
        idempotent: true,
        signal,
      }),
  };
}

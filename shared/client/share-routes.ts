/** Routes of the share origin, for a recipient without an account. No cookie, no session: a proof, then a ticket. */
import type { Bytes } from '../bytes/index.ts';
import { ROUTES, sharePackPath } from '../protocol/index.ts';
import * as answers from './answers.ts';
import { ask, tell } from './call.ts';
import type { LinkProof, OpenedLink, PackRange } from './messages.ts';
import { wireProof } from './requests.ts';
import type { Transport } from './transport.ts';
import { readPack } from './vault-routes.ts';

export interface ShareRoutes {
  /** E_LINK_GONE, E_LINK_PASSWORD, E_LINK_LOCKED. Counts nothing but wrong proofs. */
  open(proof: LinkProof, signal?: AbortSignal): Promise<OpenedLink>;
  /** Begins a download and counts it. The ticket ends an hour after its last pack. */
  ticket(proof: LinkProof, signal?: AbortSignal): Promise<string>;
  pack(ticket: string, id: string, range?: PackRange, signal?: AbortSignal): Promise<Bytes>;
  /** Says that the whole download arrived and verified. E_LINK_GONE when that was said before. */
  complete(ticket: string, signal?: AbortSignal): Promise<void>;
}

export function createShareApi(transport: Transport): ShareRoutes {
  const bearer = (ticket: string) => ({ authorization: `Bearer ${ticket}` });
  return {
    open: (proof, signal) =>
      ask(transport, { method: 'POST', path: ROUTES.shareOpen, json: wireProof(proof), signal }, answers.openedLink),

    ticket: (proof, signal) =>
      ask(transport, { method: 'POST', path: ROUTES.shareTicket, json: wireProof(proof), signal }, answers.ticket),

    pack: (ticket, id, range, signal) =>
      readPack(transport, { method: 'GET', path: sharePackPath(id), headers: bearer(ticket), signal }, range),

    complete: (ticket, signal) =>
      tell(transport, {
        method: 'POST',
        path: ROUTES.shareComplete,
        headers: bearer(ticket),
        json: {},
        idempotent: true,
        signal,
      }),
  };
}

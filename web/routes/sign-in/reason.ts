/** Why somebody has to sign in, as far as it is to be said. Pure. */
import type { ErrorCode } from '../../../shared/errors/index.ts';
import type { ServerSummary, SessionStatus } from '../../session/index.ts';

export type SignedOut = SessionStatus & { state: 'signed-out' };

/** Said only of the server that it is about, and not where one has yet to be chosen. */
export function reasonOf(status: SignedOut, server: ServerSummary | null, canChoose: boolean): ErrorCode | null {
  if (server?.url !== status.server?.url || (server === null && canChoose)) return null;
  // no server on the web is one that does not answer: it is where the page came from
  return status.reason ?? (server === null ? 'E_OFFLINE' : null);
}

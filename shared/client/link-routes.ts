/** Routes of the owner's links. */
import { type LinkRow, linkPath, ROUTES } from '../protocol/index.ts';
import * as answers from './answers.ts';
import { ask, BULK_TIMEOUT_MS, tell } from './call.ts';
import type { LinkLimits, NewLink } from './messages.ts';
import { wireLink } from './requests.ts';
import type { Transport } from './transport.ts';

export interface LinkRoutes {
  /** Repeating it with the same content is harmless; E_INPUT when the lookup exists with other content. */
  createLink(link: NewLink, signal?: AbortSignal): Promise<void>;
  links(signal?: AbortSignal): Promise<readonly LinkRow[]>;
  /** Sets the limits, and unlocks a link that too many wrong passwords had locked. */
  updateLink(lookup: string, limits: LinkLimits, signal?: AbortSignal): Promise<void>;
  revokeLink(lookup: string, signal?: AbortSignal): Promise<void>;
}

export function linkRoutes(transport: Transport): LinkRoutes {
  return {
    createLink: (link, signal) => {
      const call = { method: 'POST', path: ROUTES.links, json: wireLink(link), idempotent: true, signal } as const;
      return tell(transport, { ...call, timeoutMs: BULK_TIMEOUT_MS });
    },

    links: (signal) => ask(transport, { method: 'GET', path: ROUTES.links, signal }, answers.links),

    updateLink: (lookup, { expiresDay, maxDownloads }, signal) =>
      tell(transport, { method: 'PUT', path: linkPath(lookup), json: { expiresDay, maxDownloads }, signal }),

    revokeLink: (lookup, signal) => tell(transport, { method: 'DELETE', path: linkPath(lookup), signal }),
  };
}

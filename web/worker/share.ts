/** The share page's worker: one link, no account, no vault key. Nothing is kept after the page closes. */
import { createFetchTransport, randomFraction, serve, systemClock, systemRandom } from '../../shared/browser/index.ts';
import { toBase64url } from '../../shared/bytes/index.ts';
import { createShareApi, withRetry } from '../../shared/client/index.ts';
import { decodeFragment } from '../../shared/crypto/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import { DAY_MS } from '../../shared/protocol/index.ts';
import { planShare } from '../../shared/restorer/index.ts';
import { type OpenedShare, openShare } from '../../shared/share/index.ts';
import type { ShareApi, SharedView, VaultEvent } from '../session/contract.ts';
import { createRestores } from './restores.ts';

declare const self: DedicatedWorkerGlobalScope;

const transport = createFetchTransport({ baseUrl: self.location.origin, credentials: 'omit' });
const routes = createShareApi(withRetry(transport, { sleep: systemClock.sleep, random: randomFraction }));

let emit: (event: VaultEvent) => void = () => {};
const restores = createRestores((notice) => emit(notice));
let fragment = '';
let opened: OpenedShare | null = null;
/** Tickets of downloads that failed: the next goes on with one, so that a link counts it once. */
const unused: string[] = [];

function share(): OpenedShare {
  if (opened === null) throw new HoldfastError('E_LOCKED', 'the link is not open');
  return opened;
}

function viewOf({ record, expiresDay, downloadsLeft }: OpenedShare): SharedView {
  const { name, from, note, manifest } = record;
  return {
    name,
    kind: record.kind === 1 ? 'folder' : 'file',
    from,
    note,
    size: manifest.files.reduce((sum, file) => sum + file.size, 0),
    files: manifest.files.map(({ path, size, mtime, mime }) => ({ path, size, mtime, mime })),
    expiresAt: expiresDay === null ? null : (expiresDay + 1) * DAY_MS - 1,
    downloadsLeft,
  };
}

const api: ShareApi = {
  async inspect(given) {
    const { hasPassword } = decodeFragment(given);
    fragment = given;
    unused.length = 0;
    return { needsPassword: hasPassword };
  },
  async open(password) {
    opened = await openShare(routes, fragment, password);
    return viewOf(opened);
  },
  plan: async (restoreId, index) => restores.plan(restoreId, planShare(share().record, index)),
  async download(restoreId, target) {
    const ticket = unused.pop() ?? toBase64url(systemRandom.bytes(32));
    const report = await restores
      .run(
        restoreId,
        (signal) => ({
          begin: () => routes.ticket(share().proof, ticket, signal),
          readPack: (pack, range) => routes.pack(ticket, pack, range, signal),
        }),
        target,
      )
      .catch((error: unknown) => {
        unused.push(ticket);
        throw error;
      });
    // The receipt for the owner. The download is whole even when it cannot be delivered.
    await routes.complete(ticket).catch(() => {});
    return report;
  },
  resolveConflict: async (restoreId, rule) => restores.resolveConflict(restoreId, rule),
  cancel: async (restoreId) => restores.cancel(restoreId),
};

serve<ShareApi, VaultEvent>(self, api, (send) => {
  emit = send;
});

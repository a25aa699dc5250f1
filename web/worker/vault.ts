/**
 * The vault's worker: the only place of the app where keys are. Implements what the screens may ask (session/contract)
 * by joining account, catalog, restorer and share. The same file serves the web app and the extension's full page.
 */
import { stateHash } from '../../shared/account/index.ts';
import { serve } from '../../shared/browser/index.ts';
import { toHex } from '../../shared/bytes/index.ts';
import { createCatalog } from '../../shared/catalog/index.ts';
import { sixWords } from '../../shared/crypto/index.ts';
import { codeOf } from '../../shared/errors/index.ts';
import { planNode, planVersion } from '../../shared/restorer/index.ts';
import { createLink, revokeLink, type ShareDeps } from '../../shared/share/index.ts';
import type { ReadPack } from '../../shared/vault/index.ts';
import type { RestoreSubject, VaultApi, VaultEvent } from '../session/contract.ts';
import { Accounts } from './accounts.ts';
import { listDevices } from './device-list.ts';
import { lastBackupAt } from './last-backup.ts';
import { linkOf, listLinks, updateLink } from './link-list.ts';
import { proofOfNode } from './proofs.ts';
import { createRestores } from './restores.ts';

declare const self: DedicatedWorkerGlobalScope;
declare const __BROWSER__: 'web' | 'chrome' | 'firefox';

/** Where the extension looks for a server until a person says otherwise: the one `npm start` opens. */
const LOCAL_SERVER = 'http://127.0.0.1:8787';
const CLIENT = __BROWSER__ === 'web' ? 'web' : 'extension';

let emit: (event: VaultEvent) => void = () => {};
/** Tells the other pages of this browser that somebody signed in or out. */
const pages = new BroadcastChannel('holdfast-account');
const accounts = new Accounts(CLIENT, CLIENT === 'web' ? self.location.origin : LOCAL_SERVER, (status) => {
  if (status.state !== 'ready') restores.cancelAll();
  emit({ type: 'session', status });
  pages.postMessage(null);
});
pages.onmessage = () => void accounts.look();
const current = () => accounts.session;
const catalog = createCatalog(() => current().vault.state);
const restores = createRestores((notice) => emit(notice));
let proving = new AbortController();

function reader(signal?: AbortSignal): ReadPack {
  const { vault, ports } = current();
  return (pack, range) => ports.api.pack(vault.vaultId, pack, range, signal);
}

function planSubject(subject: RestoreSubject) {
  const { vault, domain } = current();
  const source = { state: vault.state, keys: domain };
  return subject.kind === 'version' ? planVersion(source, subject.versionId) : planNode(source, subject.fileId);
}

function shareDeps(): ShareDeps {
  const { vault, domain, ports } = current();
  return { vault, domain, api: ports.api, clock: ports.clock, random: ports.random };
}

const api: VaultApi = {
  ...accounts.methods,
  sessions: () => listDevices(current()),
  revokeSession: (sessionId) => current().ports.api.revokeSession(sessionId),
  async account() {
    const session = current();
    const { usedBytes, quotaBytes } = await session.ports.api.account();
    return {
      name: session.device.name,
      usedBytes,
      quotaBytes,
      fileCount: catalog.fileCount,
      lastBackupAt: lastBackupAt(session.vault.state),
      stateCode: sixWords(await stateHash(session)).join(' '),
    };
  },
  async refresh() {
    const changed = await current().vault.pull();
    if (changed) emit({ type: 'changed' });
    return changed;
  },
  folder: async (folderId, sort, descending, limit) => ({
    folderId,
    ...catalog.folder(folderId, sort, descending, limit),
  }),
  search: async (query, limit) => catalog.search(query, limit),
  versions: async (fileId) => catalog.versions(fileId),
  async proof(fileId) {
    // Of a large folder it takes a while; whoever looks at another item does not wait for it.
    proving.abort();
    proving = new AbortController();
    const { signal } = proving;
    return CLIENT === 'web' ? null : proofOfNode(current(), fileId, reader(signal), signal);
  },
  planRestore: async (restoreId, subject) => restores.plan(restoreId, planSubject(subject)),
  restore: (restoreId, target) => restores.run(restoreId, (signal) => ({ readPack: reader(signal) }), target),
  resolveConflict: async (restoreId, rule) => restores.resolveConflict(restoreId, rule),
  cancelRestore: async (restoreId) => restores.cancel(restoreId),
  async createLink(fileId, options) {
    const link = await createLink(shareDeps(), { fileId, ...options });
    const listed = await listLinks(current());
    return listed.find((each) => each.linkId === toHex(link.secret)) as (typeof listed)[number];
  },
  links: () => listLinks(current()),
  updateLink: (...change) => updateLink(current(), ...change),
  revokeLink: (linkId) => revokeLink(shareDeps(), linkOf(current(), linkId).secret),
};

serve<VaultApi, VaultEvent>(self, watched(api), (send) => {
  emit = send;
});

/** A session that has ended brings the sign-in screen, whichever call found out. */
function watched(methods: VaultApi): VaultApi {
  const entries = Object.entries(methods).map(([name, method]) => [
    name,
    async (...args: never[]): Promise<unknown> => {
      const session = accounts.open;
      try {
        return await (method as (...args: never[]) => Promise<unknown>)(...args);
      } catch (error) {
        if (codeOf(error) === 'E_SESSION') await accounts.expire(session);
        throw error;
      }
    },
  ]);
  return Object.fromEntries(entries) as VaultApi;
}

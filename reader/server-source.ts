/** A vault on a server, by recovery words: a session without a device, signed out of when the reader is done. */
import { setTimeout as wait } from 'node:timers/promises';
import { recover } from '../shared/account/index.ts';
import { createApi, type Transport, withAuth, withRetry } from '../shared/client/index.ts';
import { HoldfastError } from '../shared/errors/index.ts';
import { MAX_PACK_IDS } from '../shared/protocol/index.ts';
import type { Source } from './source.ts';
import { createNodeTransport } from './transport.ts';

/** E_RECOVERY_WORDS; E_CREDENTIALS when the server knows no account of these words; E_OFFLINE and its kind. */
export async function openServer(url: string, words: string): Promise<Source> {
  const plain = createNodeTransport(url);
  const apiOver = (transport: Transport) => createApi(withRetry(transport, { sleep, random: Math.random }));
  let token: string | null = null;
  const signIn = async () => {
    const recovered = await recover({ api: apiOver(plain), client: 'extension' }, words);
    token = recovered.grant.token;
    return recovered;
  };
  const { server, grant, rootKey } = await signIn();
  const api = apiOver(withAuth(plain, { token: async () => token, renew: async () => void (await signIn()) }));
  return {
    account: grant,
    serverId: server.serverId,
    rootKey,
    readLog: api.readLog,
    pack: api.pack,
    async missing(vaultId, ids, signal) {
      const missing: string[] = [];
      for (let at = 0; at < ids.length; at += MAX_PACK_IDS)
        missing.push(...(await api.packsMissing(vaultId, ids.slice(at, at + MAX_PACK_IDS), signal)));
      return missing;
    },
    // The session ends by itself when the server cannot be told.
    close: () => api.signOut().catch(() => undefined),
  };
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, signal && { signal });
  } catch (cause) {
    throw new HoldfastError('E_CANCELLED', 'waiting was cancelled', { cause });
  }
}

/** A worker that sends packs as a backup does: our client, four in flight. */
import { createFetchTransport } from '../../../shared/browser/index.ts';
import { toHex } from '../../../shared/bytes/index.ts';
import { createApi, withAuth } from '../../../shared/client/index.ts';
import { sha256 } from '../../../shared/crypto/index.ts';
import { MAX_PACK } from '../../../shared/protocol/index.ts';
import { randomBytes } from './bytes.ts';

export interface Sending {
  readonly mbPerSecond: number;
}

const IN_FLIGHT = 4;

interface Input {
  readonly address: string;
  readonly token: string;
  readonly vault: string;
  readonly mebibytes: number;
}

export async function run({ address, token, vault, mebibytes }: Input): Promise<Sending> {
  const session = { token: async () => token, renew: () => Promise.reject(new Error('the session ended')) };
  const api = createApi(withAuth(createFetchTransport({ baseUrl: address, credentials: 'omit' }), session));
  const body = randomBytes(MAX_PACK);
  const packs: { id: string; pack: Uint8Array<ArrayBuffer> }[] = [];
  for (let i = 0; i < (mebibytes * 1_048_576) / MAX_PACK; i++) {
    const pack = body.slice();
    pack.set(randomBytes(32));
    packs.push({ id: toHex(await sha256(pack)), pack });
  }
  const queue = packs.values();
  const hand = async (): Promise<void> => {
    for (const { id, pack } of queue) await api.putPack(vault, id, pack);
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, hand));
  return { mbPerSecond: (mebibytes * 1.048576) / ((performance.now() - started) / 1000) };
}

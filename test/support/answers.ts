/** One valid answer of each kind, as the server sends it. Sequence numbers fit a log read `after=5`. */
import { toBase64url, utf8 } from '../../shared/bytes/index.ts';

const base64 = (length: number) => toBase64url(new Uint8Array(length).fill(7));

export const ID = '0123456789abcdef'.repeat(2);
export const H32 = ID.repeat(2);
export const HEAD = { seq: 7, hash: H32 };

export const SERVER = {
  product: 'holdfast',
  version: '0.1.0',
  protocol: 1,
  serverId: ID,
  registration: 'open',
  shareOrigin: 'http://127.0.0.1:8788',
  quotaBytes: 10,
};
const WRAP = { kind: 1, epoch: 2, credentialId: '', blob: base64(60) };
export const GRANT = {
  token: 'token',
  sessionId: ID,
  accountId: ID,
  expiresAt: 5,
  wraps: [WRAP],
  device: { deviceId: ID, half: base64(32) },
  vaults: [{ vaultId: ID, kind: 'personal' }],
};
export const LOG_PAGE = {
  entries: [
    { body: toBase64url(utf8('one')), day: 1 },
    { body: toBase64url(utf8('two')), day: 2 },
  ],
  head: HEAD,
};
export const LINK_ROW = {
  lookup: ID,
  createdDay: 1,
  expiresDay: null,
  maxDownloads: 3,
  received: 0,
  abandoned: 0,
  failures: 0,
  state: 'live',
};

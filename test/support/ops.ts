/** Operations for tests, with ids of their own and nothing remarkable about them. */
import { toHex } from '../../shared/bytes/index.ts';
import type { OpOf, PutVersion } from '../../shared/format/index.ts';
import { random } from './fixtures.ts';

export const GENESIS: OpOf<'genesis'> = {
  op: 'genesis',
  kind: 1,
  minSuite: 1,
  identity: new Uint8Array(32),
  accountId: new Uint8Array(16),
  createdAt: 1,
  serverId: new Uint8Array(16),
  serverPublicKey: 'pk',
};

/** A version of a new file (or what `more` says) at the root. */
export function put(name: string, more: Partial<PutVersion> = {}): PutVersion {
  return {
    op: 'put-version',
    fileId: random.bytes(16),
    versionId: random.bytes(16),
    prevVersion: null,
    parent: new Uint8Array(16),
    name,
    nameNfc: name.normalize('NFC'),
    size: 0,
    mtime: 0,
    btime: null,
    mode: null,
    kind: 0,
    rootHash: new Uint8Array(32),
    manifest: { op: 'inline', chunks: [] },
    deviceId: new Uint8Array(16),
    sourcePathHash: new Uint8Array(8),
    capturedAt: 0,
    flags: 0,
    mime: null,
    attributes: new Map(),
    ...more,
  };
}

/** Id of an operation's file, as the state knows it. */
export const idOf = (op: { readonly fileId: Uint8Array }): string => toHex(op.fileId);

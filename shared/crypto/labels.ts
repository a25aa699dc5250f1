/**
 * Every domain-separation label of suite 1, but for those of what the server computes or checks too (log entry, session
 * challenges), which stand in `shared/protocol/entry.ts`. No other `ebk1/` literal may exist; a test walks the sources.
 */
export const LABELS = {
  kekPassword: 'ebk1/kek/password',
  kekRecovery: 'ebk1/kek/recovery',
  kekDevice: 'ebk1/kek/device',
  recoveryAuth: 'ebk1/rk/auth',
  recoveryLookup: 'ebk1/rk/lookup',
  accountLog: 'ebk1/ark/log',
  accountCache: 'ebk1/ark/cache',
  vaultLog: 'ebk1/vault/log',
  vaultIndex: 'ebk1/vault/index',
  chunkId: 'ebk1/domain/chunk-id',
  chunkSeal: 'ebk1/domain/chunk-seal',
  hedge: 'ebk1/domain/hedge',
  chunker: 'ebk1/domain/chunker',
  audit: 'ebk1/domain/audit',
  auditToken: 'ebk1/audit/token',
  chunkAead: 'ebk1/chunk/aead',
  chunkAad: 'ebk1/chunk/aad',
  objectAead: 'ebk1/object/aead',
  objectAad: 'ebk1/object/aad',
  packHead: 'ebk1/pack/head',
  fileRoot: 'ebk1/file/root',
  logSignature: 'ebk1/log/sig',
  stateCode: 'ebk1/state-code',
  deviceCertificate: 'ebk1/device/cert',
  linkPasswordSalt: 'ebk1/link/pw-salt',
  linkLookup: 'ebk1/link/lookup',
  linkAuth: 'ebk1/link/auth',
  linkEnc: 'ebk1/link/enc',
} as const;

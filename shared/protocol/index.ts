/**
 * The wire contract: paths, limits, problems, the entry hash, and the types of every message. Nouns: route, limit,
 * problem, head. The schemas themselves are in `schemas.ts`, which only the server imports, so that no client carries a
 * validator. May not: speak HTTP, hash, or know a key.
 */
export * from './challenge.ts';
export * from './entry.ts';
export * from './limits.ts';
export * from './login-name.ts';
export * from './paths.ts';
export * from './problems.ts';
export type {
  AccountInfo,
  AppendRequest,
  Client,
  Device,
  Head,
  LinkCreateRequest,
  LinkList,
  LinkRow,
  LoginStartAnswer,
  LogPage,
  Problem,
  RegistrationFinishRequest,
  ServerInfo,
  SessionGrant,
  SessionList,
  ShareRecord,
  VaultList,
  Wrap,
} from './schemas.ts';

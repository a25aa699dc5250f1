/** Sessions: opened by a proof, named by a random token of which only the hash is kept, ended by age, idleness or hand. */
import {
  DEVICE_SESSION_IDLE_MS,
  DEVICE_SESSION_MAX_MS,
  type SessionGrant,
  type SessionList,
  WEB_SESSION_IDLE_MS,
  WEB_SESSION_MAX_MS,
} from '../../shared/protocol/index.ts';
import type { Deps } from './deps.ts';
import { encode, newId, newToken, tokenHash } from './fields.ts';
import type { ClientKind, SessionRecord } from './ports.ts';
import { ifPossible, Refusal } from './refusal.ts';

/** A device that signs in again and again keeps this many sessions. */
const SESSIONS_PER_DEVICE = 4;
/** The time of last use is kept to the minute: finer is nobody's business and a write for every request. */
const SEEN_STEP_MS = 60_000;

interface Limits {
  readonly idleMs: number;
  readonly maxMs: number;
}

export function sessionLimits(client: ClientKind): Limits {
  return client === 'web'
    ? { idleMs: WEB_SESSION_IDLE_MS, maxMs: WEB_SESSION_MAX_MS }
    : { idleMs: DEVICE_SESSION_IDLE_MS, maxMs: DEVICE_SESSION_MAX_MS };
}

/** When the session ends if it is not used again. */
export function sessionEnd(session: SessionRecord): number {
  const { idleMs, maxMs } = sessionLimits(session.client);
  return Math.min(session.lastSeenAt + idleMs, session.createdAt + maxMs);
}

export interface OpenedSession {
  readonly session: SessionRecord;
  readonly token: string;
}

export async function openSession(
  deps: Deps,
  who: { accountId: string; client: ClientKind; deviceId: string | null },
): Promise<OpenedSession> {
  const now = deps.clock.now();
  const session: SessionRecord = { sessionId: newId(), ...who, createdAt: now, lastSeenAt: now };
  const token = newToken();
  await deps.metadata.openSession(session, tokenHash(token), SESSIONS_PER_DEVICE);
  return { session, token };
}

/** The live session of a token; `unauthorized` for any other token. */
export async function sessionOf(deps: Deps, token: string): Promise<SessionRecord> {
  const session = await deps.metadata.sessionByToken(tokenHash(token));
  const now = deps.clock.now();
  if (session === null || sessionEnd(session) <= now) throw new Refusal('unauthorized');
  if (now - session.lastSeenAt < SEEN_STEP_MS) return session;
  await ifPossible(deps.metadata.touchSession(session.sessionId, now));
  return { ...session, lastSeenAt: now };
}

/** What a sign-in answers; the token is left to the edge, which knows whether it travels as a cookie. */
export async function grant(deps: Deps, session: SessionRecord): Promise<SessionGrant> {
  const { metadata } = deps;
  const [wraps, vaults, device] = await Promise.all([
    metadata.wrapsOf(session.accountId, session.deviceId),
    metadata.vaultsOf(session.accountId),
    session.deviceId === null ? null : metadata.deviceById(session.deviceId),
  ]);
  return {
    sessionId: session.sessionId,
    accountId: session.accountId,
    expiresAt: sessionEnd(session),
    wraps: wraps.map(({ kind, epoch, credentialId, blob }) => ({
      kind,
      epoch,
      credentialId: encode(credentialId),
      blob: encode(blob),
    })),
    ...(device === null ? {} : { device: { deviceId: device.deviceId, half: encode(device.half) } }),
    vaults: vaults.map(({ vaultId, kind }) => ({ vaultId, kind })),
  };
}

export async function listSessions(deps: Deps, current: SessionRecord): Promise<SessionList> {
  const now = deps.clock.now();
  const live = (await deps.metadata.sessionsOf(current.accountId)).filter((session) => sessionEnd(session) > now);
  return {
    sessions: live.map(({ sessionId, client, deviceId, createdAt, lastSeenAt }) => ({
      sessionId,
      client,
      deviceId,
      createdAt,
      lastSeenAt,
      current: sessionId === current.sessionId,
    })),
  };
}

export async function endSession(deps: Deps, accountId: string, sessionId: string): Promise<void> {
  if (!(await deps.metadata.endSession(accountId, sessionId))) throw new Refusal('not-found');
}

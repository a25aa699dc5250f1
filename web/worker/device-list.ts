/** The devices that are signed in: the server's sessions, one row for each device, with the names that the log knows. */
import type { Session } from '../../shared/account/index.ts';
import type { SessionRow } from '../session/contract.ts';

/** This device first, then by last use. An extension keeps several sessions; to end one of them ends the device. */
export async function listDevices({ ports, vault }: Session): Promise<SessionRow[]> {
  const devices = new Map<string, SessionRow>();
  for (const { deviceId, ...session } of await ports.api.sessions()) {
    const key = deviceId ?? session.sessionId;
    const known = devices.get(key);
    const row = { ...session, deviceName: vault.state.devices.get(key)?.name ?? null };
    devices.set(key, known === undefined ? row : merged(known, row));
  }
  return [...devices.values()].sort((a, b) => Number(b.current) - Number(a.current) || b.lastSeenAt - a.lastSeenAt);
}

function merged(a: SessionRow, b: SessionRow): SessionRow {
  return {
    ...(b.current ? b : a),
    createdAt: Math.min(a.createdAt, b.createdAt),
    lastSeenAt: Math.max(a.lastSeenAt, b.lastSeenAt),
  };
}

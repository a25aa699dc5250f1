/**
 * Playwright has the browser tell of every request, and to that end keep the body of every answer, in base64, and copy
 * that of every request: up to 200 MB, and seconds of work a GB. Where time and memory are measured that must
 * not be. Nothing public turns it off, so this goes through Playwright's insides, and says so if they have changed.
 */
import type { Page } from 'playwright-core';

interface Session {
  send(method: 'Network.disable'): Promise<unknown>;
}

interface NetworkManager {
  readonly _sessions: ReadonlyMap<Session, unknown>;
  addSession(session: Session, ...more: unknown[]): Promise<void>;
}

interface Inside {
  readonly _connection: { toImpl(page: Page): { delegate: { _networkManager: NetworkManager } } };
}

/** From now on neither the page nor a worker of it is watched. Its requests are in no event of Playwright's. */
export async function unwatchNetwork(page: Page): Promise<void> {
  const manager = (page as unknown as Inside)._connection.toImpl(page).delegate._networkManager;
  const add = manager.addSession.bind(manager);
  manager.addSession = async (session, ...more) => {
    await add(session, ...more);
    await session.send('Network.disable');
  };
  if (manager._sessions.size === 0) throw new Error('Playwright watches the network in another way now');
  await Promise.all([...manager._sessions.keys()].map((session) => session.send('Network.disable')));
}

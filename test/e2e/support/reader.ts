/** Another device of the account, on Node: reads the vault as any client does, to say what is really in it. */

import type { Session } from '../../../shared/account/index.ts';
import { signIn } from '../../../shared/account/sign-in.ts';
import { connectAccount } from '../../../shared/browser/index.ts';
import { createMemoryKeyStore } from '../../support/memory-key-store.ts';
import type { Person } from './journey.ts';

export async function readVault(serverUrl: string, person: Pick<Person, 'name' | 'password'>): Promise<Session> {
  const keyStore = createMemoryKeyStore();
  const ports = connectAccount({ client: 'extension', serverUrl, deviceName: 'Reader', keyStore });
  const session = await signIn(ports, person.name, person.password);
  await session.vault.pull();
  return session;
}

/** Live files and how many versions each has: `folder/name` → versions. */
export function versionCounts(session: Session): Map<string, number> {
  const { nodes } = session.vault.state;
  const counts = new Map<string, number>();
  for (const node of nodes.values()) {
    if (node.kind !== 0) continue;
    const parts = [node.name];
    for (let parent = nodes.get(node.parent); parent !== undefined; parent = nodes.get(parent.parent))
      parts.unshift(parent.name);
    counts.set(parts.join('/'), (counts.get(parts.join('/')) ?? 0) + node.versions.length);
  }
  return counts;
}

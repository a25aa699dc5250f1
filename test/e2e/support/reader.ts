/** Another device of the account, on Node: reads the vault as any client does, to say what is really in it. */
import { createHash } from 'node:crypto';
import type { Session } from '../../../shared/account/index.ts';
import { signIn } from '../../../shared/account/sign-in.ts';
import { connectAccount } from '../../../shared/browser/index.ts';
import { planNode, restoreStream } from '../../../shared/restorer/index.ts';
import { type NodeState, nodeById, nodesOf, type ReadPack } from '../../../shared/vault/index.ts';
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
  const counts = new Map<string, number>();
  for (const [path, node] of liveFiles(session)) counts.set(path, (counts.get(path) ?? 0) + node.versionCount);
  return counts;
}

/** Restores the newest version of every live file as any client does: `folder/name` → SHA-256 in hex. */
export async function restoreEverything(session: Session): Promise<Map<string, string>> {
  const { vault, domain, ports } = session;
  const { signal } = new AbortController();
  const readPack: ReadPack = (pack, range) => ports.api.pack(vault.vaultId, pack, range, signal);
  const hashes = new Map<string, string>();
  for (const [path, node] of liveFiles(session)) {
    const set = planNode({ state: vault.state, keys: domain }, node.fileId);
    const hash = createHash('sha256');
    for await (const part of restoreStream(set, readPack, signal)) hash.update(part);
    hashes.set(path, hash.digest('hex'));
  }
  return hashes;
}

function liveFiles({ vault }: Session): [path: string, node: NodeState][] {
  const { state } = vault;
  return [...nodesOf(state)]
    .filter((node) => node.kind === 0)
    .map((node) => {
      const parts = [node.name];
      for (let parent = nodeById(state, node.parent); parent !== null; parent = nodeById(state, parent.parent))
        parts.unshift(parent.name);
      return [parts.join('/'), node];
    });
}

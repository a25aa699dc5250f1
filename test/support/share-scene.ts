/** A vault in memory with a few files in it, and links to them: where tests of shares begin. */
import { type ArchiveItem, createArchiver } from '../../shared/archiver/index.ts';
import { type Bytes, utf8 } from '../../shared/bytes/index.ts';
import { createLink, linkUrl, type ShareDeps } from '../../shared/share/index.ts';
import { type LinkState, nodesOf } from '../../shared/vault/index.ts';
import { type Founder, foundVault, joinVault, random, sourceOf, type TestDevice } from './fixtures.ts';
import { MemoryLinks } from './memory-links.ts';
import { MemoryServer } from './memory-server.ts';

export const FILES: Readonly<Record<string, Bytes>> = {
  'album/one.bin': random.bytes(5_000_000),
  'album/deep/two.txt': utf8('two '.repeat(1_000)),
  'album/empty': utf8(''),
  'secret.txt': utf8('not for the recipient'),
};

export interface Scene {
  readonly server: MemoryServer;
  readonly links: MemoryLinks;
  readonly founder: Founder;
  readonly device: TestDevice;
}

/** An item of the archiver whose bytes are at hand. `path` is joined by slashes. */
export function itemOf(path: string, content: Bytes, more: Partial<ArchiveItem> & { mime?: string } = {}): ArchiveItem {
  const parts = path.split('/');
  const { mime = 'text/plain', ...rest } = more;
  return {
    key: path,
    path: parts.slice(0, -1),
    name: parts.at(-1) as string,
    versionId: random.bytes(16),
    capturedAt: 1,
    sourceUrl: null,
    sourceTitle: null,
    size: content.length,
    open: async () => sourceOf(content, 1, mime),
    ...rest,
  };
}

export async function archive(device: TestDevice, items: readonly ArchiveItem[]) {
  return createArchiver(device).archive(items, { signal: new AbortController().signal, onEvent: () => {} });
}

export async function shareScene(): Promise<Scene> {
  const server = new MemoryServer();
  const founder = await foundVault(server);
  const device = await joinVault(server, founder);
  await archive(
    device,
    Object.entries(FILES).map(([path, content]) => itemOf(path, content)),
  );
  return { server, links: new MemoryLinks(server), founder, device };
}

export const depsOf = ({ server, links, device }: Scene): ShareDeps => ({
  vault: device.vault,
  domain: device.domain,
  clock: device.clock,
  random,
  api: {
    createLink: (link) => links.createLink(link),
    revokeLink: (lookup) => links.revokeLink(lookup),
    pack: (vault, id, range) => server.pack(vault, id, range),
  },
});

export function idByName({ device }: Pick<Scene, 'device'>, name: string): string {
  return [...nodesOf(device.vault.state)].find((node) => node.name === name)?.fileId ?? '';
}

export function share(scene: Scene, name: string, password = ''): Promise<LinkState> {
  const policy = { expiresInDays: 7, maxDownloads: 3 };
  return createLink(depsOf(scene), {
    fileId: idByName(scene, name),
    password,
    ...policy,
    note: 'for you',
    from: 'Ada',
  });
}

export const fragmentOf = (link: LinkState): string => linkUrl('https://share.example', link).split('#')[1] as string;

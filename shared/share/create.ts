/**
 * Makes and ends share links. The link's secret is kept in the vault's log before the server hears of the link, so that no
 * live link exists that its owner cannot see and revoke. Per-chunk keys only go into the record.
 */
import type { Clock, Random } from '../async/ports.ts';
import { type Bytes, fromHex, toHex } from '../bytes/index.ts';
import type { Api } from '../client/index.ts';
import { type DomainKeys, encodeFragment, type LinkKeys, linkKeys, linkLookup, sha256 } from '../crypto/index.ts';
import { HoldfastError } from '../errors/index.ts';
import { chunkKey, NODE_KIND, type SharedFile, type ShareManifest, sealLinkRecord } from '../format/index.ts';
import { DAY_MS } from '../protocol/index.ts';
import {
  childrenOf,
  type LinkState,
  type NodeState,
  newestPinned,
  nodeById,
  type PinnedVersion,
  placeOf,
  type ReadPack,
  readManifest,
  type Vault,
  type VaultState,
  type VersionState,
} from '../vault/index.ts';

export interface ShareDeps {
  readonly vault: Vault;
  readonly domain: DomainKeys;
  readonly api: Pick<Api, 'createLink' | 'revokeLink' | 'pack'>;
  readonly clock: Clock;
  readonly random: Random;
}

export interface LinkWish {
  readonly fileId: string;
  /** Empty for none. */
  readonly password: string;
  readonly expiresInDays: number | null;
  readonly maxDownloads: number | null;
  readonly note: string;
  readonly from: string;
}

/** Day on which a link of so many whole days ends, or null for none. */
export function expiryDay(clock: Clock, days: number | null): number | null {
  return days === null ? null : Math.floor(clock.now() / DAY_MS) + days;
}

/** Creates a link to a file's newest version, or to a folder as it stands. Errors: E_NOT_FOUND, those of the server. */
export async function createLink(deps: ShareDeps, wish: LinkWish): Promise<LinkState> {
  const { vault, random, clock } = deps;
  const node = nodeById(vault.state, wish.fileId);
  if (node === null) throw new HoldfastError('E_NOT_FOUND', 'no such file');
  const secret = random.bytes(16);
  const link = { secret, hasPassword: wish.password !== '' };
  const keys = await linkKeys(link, wish.password);
  const manifest = await buildManifest(deps, node);
  const size = manifest.files.reduce((sum, file) => sum + file.size, 0);
  const record = await sealRecord(deps, keys, node, manifest, wish);
  const op: LinkState = {
    op: 'link-create',
    secret,
    fileId: fromHex(node.fileId),
    hasPassword: link.hasPassword ? 1 : 0,
    name: node.name,
    note: wish.note,
    createdAt: clock.now(),
    size,
  };
  await vault.append((state) => (state.links.has(toHex(secret)) ? [] : [op]), []);
  try {
    await deps.api.createLink({
      lookup: toHex(keys.lookup),
      vaultId: vault.vaultId,
      authHash: toHex(await sha256(keys.auth)),
      record,
      expiresDay: expiryDay(clock, wish.expiresInDays),
      maxDownloads: wish.maxDownloads,
    });
  } catch (error) {
    // The server may have it although its answer was lost: if it cannot be taken back now, it stays listed and revocable.
    await revokeLink(deps, secret).catch(() => {});
    throw error;
  }
  return op;
}

/** Ends a link: first at the server, which then has nothing left to give out, then in the log. */
export async function revokeLink(deps: Pick<ShareDeps, 'vault' | 'api'>, secret: Bytes): Promise<void> {
  try {
    await deps.api.revokeLink(toHex(await linkLookup(secret)));
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'E_NOT_FOUND') throw error;
  }
  await forget(deps.vault, secret);
}

async function forget(vault: Vault, secret: Bytes): Promise<void> {
  await vault.append((state) => (state.links.has(toHex(secret)) ? [{ op: 'link-revoke', secret }] : []), []);
}

/** The address to hand out; everything secret stands behind the `#`, which browsers never send. */
export function linkUrl(shareOrigin: string, link: LinkState): string {
  return `${shareOrigin}/s#${encodeFragment({ secret: link.secret, hasPassword: link.hasPassword === 1 })}`;
}

async function sealRecord(
  deps: ShareDeps,
  keys: LinkKeys,
  node: NodeState,
  manifest: ShareManifest,
  wish: LinkWish,
): Promise<Bytes> {
  const kind = node.kind === NODE_KIND.folder ? 1 : 0;
  const record = { name: node.name, kind, from: wish.from, note: wish.note, createdAt: deps.clock.now(), manifest };
  try {
    return await sealLinkRecord(keys.enc, keys.lookup, record, deps.random.bytes(32));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new HoldfastError('E_INPUT', 'too many files for one link', { cause });
  }
}

async function buildManifest(deps: ShareDeps, node: NodeState): Promise<ShareManifest> {
  const packs = new Map<string, number>();
  const files: SharedFile[] = [];
  // All of them first: others may commit while chunks are looked up, and move what is listed.
  for (const { path, newest } of [...filesUnder(deps.vault.state, node, [node.name])])
    files.push(await sharedFile(deps, path, newest.version(), packs));
  return { domainId: deps.domain.domainId, packs: [...packs.keys()].map(fromHex), files };
}

function* filesUnder(
  state: VaultState,
  node: NodeState,
  path: string[],
): Generator<{ path: string[]; newest: PinnedVersion }> {
  if (node.kind !== NODE_KIND.folder) return yield { path, newest: newestPinned(state, node) };
  for (const child of childrenOf(state, node.fileId)) yield* filesUnder(state, child, [...path, child.name]);
}

/** `packs`: the number of each that is in the record so far. */
async function sharedFile(
  { vault, domain, api }: ShareDeps,
  path: string[],
  version: VersionState,
  packs: Map<string, number>,
): Promise<SharedFile> {
  const readPack: ReadPack = (pack, range) => api.pack(vault.vaultId, pack, range);
  const chunks: SharedFile['chunks'] = [];
  for (const ref of await readManifest(vault.state, domain, version, readPack)) {
    const { pack, off, len, salt, cid } = await placeOf(vault.state, domain, ref);
    if (!packs.has(pack.id)) packs.set(pack.id, packs.size);
    const { key, nonce } = await chunkKey(domain, cid, salt);
    chunks.push([packs.get(pack.id) as number, off, len, ref.len, key, nonce, cid, ref.h, pack.size, salt]);
  }
  const { size, mtime, mime, rootHash } = version;
  return { path, size, mtime, mime, rootHash, chunks };
}

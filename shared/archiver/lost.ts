/**
 * What the server was given and does not give back, as far as this device has found out, and what of it a backup brings
 * again: a chunk in a lost pack counts as not stored, a version that lies in one as changed. Pure but for the manifests of
 * large files, which are read.
 */
import type { Bytes } from '../bytes/index.ts';
import { chunkPlace, hasChunk, liesIn, type PackRange, type VaultState, type VersionState } from '../vault/index.ts';
import type { ArchiverDeps } from './deps.ts';

/** Ids. */
export type LostPacks = ReadonlySet<string>;

/** Findings that cannot be read are as good as none: what is lost is then found again. */
export function lostPacks({ vault, findings }: ArchiverDeps): Promise<LostPacks> {
  return findings.damaged(vault.vaultId).catch(() => new Set<string>());
}

/** True when the index places a chunk in a pack that is not lost. */
export function isStored(state: VaultState, cid: Uint8Array, lost: LostPacks): boolean {
  if (lost.size === 0) return hasChunk(state, cid);
  const place = chunkPlace(state, cid);
  return place !== null && !lost.has(place.pack.id);
}

/** True when a pack brings chunks again that are lost. */
export function bringsBack(state: VaultState, rows: readonly { cid: Uint8Array }[], lost: LostPacks): boolean {
  return lost.size > 0 && rows.some(({ cid }) => hasChunk(state, cid) && !isStored(state, cid, lost));
}

/** True when some of a version's content is lost. Errors: those of the road. */
export async function isLost(
  { vault, domain, api }: ArchiverDeps,
  version: VersionState,
  lost: LostPacks,
  signal?: AbortSignal,
): Promise<boolean> {
  const read = (packId: string, range: PackRange): Promise<Bytes> => api.pack(vault.vaultId, packId, range, signal);
  return lost.size > 0 && (await liesIn(lost, vault.state, domain, version, read));
}

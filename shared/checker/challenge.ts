/** Packs asked about instead of read: the server is told a key and must answer the HMAC of the 64 KiB that it chooses. */
import { type Bytes, equal } from '../bytes/index.ts';
import type { DomainKeys } from '../crypto/index.ts';
import { auditTokenKey } from '../format/index.ts';
import type { TokenStore } from './tokens.ts';

export interface ChallengeApi {
  /** 16 bytes for each, in the order asked; null where the server has nothing to answer with. */
  challengePacks(
    vaultId: string,
    challenges: readonly { readonly packId: string; readonly key: Bytes }[],
    signal?: AbortSignal,
  ): Promise<readonly (Bytes | null)[]>;
}

export interface ChallengeDeps {
  readonly vaultId: string;
  readonly domain: DomainKeys;
  readonly api: ChallengeApi;
  readonly tokens: TokenStore;
}

/**
 * Asks about the first `most` of these packs that have a token to ask with. Those that do not answer rightly, for whatever
 * reason, owe an answer afterwards. Errors: those of the token store.
 */
export async function challengePacks(
  { vaultId, domain, api, tokens }: ChallengeDeps,
  packIds: readonly string[],
  most: number,
  at: number,
  signal: AbortSignal,
): Promise<void> {
  // Keys are for servers that know what to do with them: an older one is asked nothing.
  const knows = await api.challengePacks(vaultId, [], signal).catch(() => null);
  if (knows === null) return;
  const taken = await tokens.take(vaultId, packIds, most, at);
  if (taken.size === 0) return;
  const asked = await Promise.all(
    [...taken].map(async ([packId, token]) => ({ packId, key: await auditTokenKey(domain, packId, token), token })),
  );
  // Who breaks a challenge off has not answered it.
  const answers = await api.challengePacks(vaultId, asked, signal).catch(() => []);
  const right = asked.filter(({ token: { mac } }, i) => equal(answers[i] ?? new Uint8Array(0), mac));
  await tokens.answered(
    vaultId,
    right.map(({ packId }) => packId),
    at,
  );
}

/** Reads a sample of what a commit stored back from the server and verifies it: only then is anything called safe. */
import { mapConcurrent } from '../async/index.ts';
import { codeOf } from '../errors/index.ts';
import type { ChunkRef } from '../format/index.ts';
import { PACK_FAULTS, placeOf, readChunk } from '../vault/index.ts';
import type { ArchiverDeps } from './deps.ts';

/** One chunk read back for every so many that the commit's files consist of. */
const CHUNKS_PER_SAMPLE = 400;
const MAX_SAMPLES = 16;
/** Read back together: on a long road each takes mostly the time of the way. There are several only where chunks are small. */
const AT_ONCE = 8;

/**
 * Errors: E_INTEGRITY or another of `PACK_FAULTS` when the server does not give back what it acknowledged, which is noted so
 * that the next try sends it again; those of the road.
 */
export async function prove(deps: ArchiverDeps, chunks: readonly ChunkRef[], signal: AbortSignal): Promise<void> {
  if (chunks.length === 0) return;
  const samples = Math.min(MAX_SAMPLES, Math.ceil(chunks.length / CHUNKS_PER_SAMPLE));
  const words = new Uint32Array(deps.random.bytes(4 * samples).buffer);
  const picked = Array.from(words, (word) => chunks[word % chunks.length] as ChunkRef);
  for await (const _ of mapConcurrent(picked, AT_ONCE, (ref, inner) => readBack(deps, ref, inner), signal)) {
    // each is proof by itself
  }
}

async function readBack(deps: ArchiverDeps, ref: ChunkRef, signal: AbortSignal): Promise<void> {
  const { vault, domain, api, findings } = deps;
  const { pack } = await placeOf(vault.state, domain, ref);
  try {
    await readChunk(vault.state, domain, ref, (id, range) => api.pack(vault.vaultId, id, range, signal));
  } catch (error) {
    if (PACK_FAULTS.has(codeOf(error))) await findings.note(vault.vaultId, pack.id).catch(() => undefined);
    throw error;
  }
}

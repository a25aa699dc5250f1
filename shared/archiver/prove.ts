/** Reads a sample of what a commit stored back from the server and verifies it: only then is anything called safe. */
import type { ChunkRef } from '../format/index.ts';
import { readChunk } from '../vault/index.ts';
import type { ArchiverDeps } from './deps.ts';

/** One chunk read back for every so many that the commit's files consist of. */
const CHUNKS_PER_SAMPLE = 400;
const MAX_SAMPLES = 16;

/** Errors: E_INTEGRITY when the server does not give back what it acknowledged; those of the road. */
export async function prove(deps: ArchiverDeps, chunks: readonly ChunkRef[], signal: AbortSignal): Promise<void> {
  if (chunks.length === 0) return;
  const samples = Math.min(MAX_SAMPLES, Math.ceil(chunks.length / CHUNKS_PER_SAMPLE));
  const words = new Uint32Array(deps.random.bytes(4 * samples).buffer);
  for (const word of words) {
    const ref = chunks[word % chunks.length] as ChunkRef;
    await readChunk(deps.vault.state, deps.domain, ref, (pack, range) =>
      deps.api.pack(deps.vault.vaultId, pack, range, signal),
    );
  }
}

/**
 * A worker that does to a file's chunks what a backup does before it sends them: hash, keyed id, seal, three to a pack,
 * and the hash of the pack. Not cut and not compressed.
 */
import { CODEC_RAW } from '../../../shared/compress/index.ts';
import { domainKeys, sha256 } from '../../../shared/crypto/index.ts';
import { chunkId, type PackBlob, sealChunk, sealPack } from '../../../shared/format/index.ts';
import { randomBytes } from './bytes.ts';
import { inFlight, type Sealing } from './in-flight.ts';

const CHUNK = 1_048_576;
/** Files are cut into chunks of about this many MiB, of which three fill a pack best. */
const CHUNKS_PER_PACK = 3;
const IN_FLIGHT = 4;

export async function run({ mebibytes }: { mebibytes: number }): Promise<Sealing> {
  const keys = await domainKeys(randomBytes(32), randomBytes(16));
  const indexKey = randomBytes(32);
  const chunks = Array.from({ length: 16 }, () => randomBytes(CHUNK));
  let open: PackBlob[] = [];
  return inFlight(mebibytes, IN_FLIGHT, async (i) => {
    const plaintext = chunks[i % chunks.length] as Uint8Array;
    const h = await sha256(plaintext);
    const cid = await chunkId(keys, h);
    open.push({ cid, blob: await sealChunk(keys, { h, cid }, CODEC_RAW, plaintext, randomBytes(32)) });
    if (open.length < CHUNKS_PER_PACK) return 0;
    const blobs = open;
    open = [];
    const { pack } = await sealPack(keys, indexKey, blobs, randomBytes);
    await sha256(pack);
    return pack.length;
  });
}

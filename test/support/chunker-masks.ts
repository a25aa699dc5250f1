/** The shipped search with other masks, so that candidates are many enough to compare and to count. */
import { chunkerWat } from '../../shared/chunker/wasm/chunker-wat.ts';
import { assemble } from './assemble-wasm.ts';

const BYTES_AT = 8_256;

/** The candidates of `bytes` from position `from` to `to`, as position · 2 + strong. At most 300,000 bytes. */
export type Search = (bytes: Uint8Array, from: number, to: number) => number[];

/** `weak` and `strong` are the masks as the module's text has them: '0x7'. */
export async function searchWithMasks(secret: Uint8Array, weak: string, strong: string): Promise<Search> {
  const { instance } = await WebAssembly.instantiate(new Uint8Array(await assemble(chunkerWat(weak, strong))));
  const memory = new Uint8Array((instance.exports.memory as WebAssembly.Memory).buffer);
  const find = instance.exports.find as (first: number, last: number) => number;
  const words = new DataView(memory.buffer);
  memory.set(secret.subarray(0, 4_096));
  for (let at = 0; at < 4_096; at += 8) {
    let word = words.getBigUint64(at, true);
    for (let i = 0; i < 64; i++) word = BigInt.asUintN(64, word << 1n) ^ (word >> 63n ? 0x1bn : 0n);
    words.setBigUint64(4_096 + at, word, true);
  }
  memory.set(secret.subarray(4_096), 8_192);
  return (bytes, from, to) => {
    memory.set(bytes, BYTES_AT);
    const hits: number[] = [];
    for (let p = from; p <= to; p = ((hits.at(-1) as number) >> 1) + 1) {
      const hit = find(BYTES_AT + p, BYTES_AT + to);
      if (hit === -1) break;
      hits.push(hit - 2 * BYTES_AT);
    }
    return hits;
  };
}

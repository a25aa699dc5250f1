/**
 * What is said of a version and asked for only when somebody looks at it, as one record in an arena:
 *
 *   name address ‖ device ‖ media type + 1 ‖ bits u8 ‖ captured f64 ‖ [born f64] ‖ [mode] ‖ root hash 32 ‖
 *   count ‖ count × (length ‖ hash 32) ‖ [count ‖ count × (length ‖ key ‖ length ‖ value)]
 *
 * Numbers are varints but for times. Devices and media types are few and stand in lists.
 */
import { type Bytes, fromUtf8, utf8 } from '../bytes/index.ts';
import type { PutVersion } from '../format/index.ts';
import { putVarint, varint } from './names.ts';

const HASH = 32;
const BIT = { flags: 7, segments: 8, btime: 16, mode: 32, attributes: 64 } as const;
const MAX_VARINT = 8;

/** The part of a version that a record holds; the name and what stands in lists by number. */
export interface Facts
  extends Pick<PutVersion, 'capturedAt' | 'btime' | 'mode' | 'flags' | 'rootHash' | 'manifest' | 'attributes'> {
  readonly nameAt: number;
  readonly device: number;
  /** -1 for none. */
  readonly mime: number;
}

export function encodeFacts(facts: Facts): Bytes {
  const { manifest, attributes } = facts;
  const rows = manifest.op === 'inline' ? manifest.chunks : manifest.segments;
  const texts = [...attributes].flat().map(utf8);
  const room = rows.length * (HASH + MAX_VARINT) + texts.reduce((sum, text) => sum + text.length + MAX_VARINT, 0);
  const out = new Uint8Array(room + HASH + 2 * 8 + 7 * MAX_VARINT);
  const view = new DataView(out.buffer);
  let at = putVarint(out, 0, facts.nameAt);
  at = putVarint(out, at, facts.device);
  at = putVarint(out, at, facts.mime + 1);
  out[at++] = bitsOf(facts);
  view.setFloat64(at, facts.capturedAt, true);
  at += 8;
  if (facts.btime !== null) {
    view.setFloat64(at, facts.btime, true);
    at += 8;
  }
  if (facts.mode !== null) at = putVarint(out, at, facts.mode);
  out.set(facts.rootHash, at);
  at = putVarint(out, at + HASH, rows.length);
  for (const [length, hash] of rows) {
    at = putVarint(out, at, length);
    out.set(hash, at);
    at += HASH;
  }
  if (texts.length > 0) at = putVarint(out, at, attributes.size);
  for (const text of texts) {
    at = putVarint(out, at, text.length);
    out.set(text, at);
    at += text.length;
  }
  return out.subarray(0, at);
}

function bitsOf({ flags, manifest, btime, mode, attributes }: Facts): number {
  return (
    flags |
    (manifest.op === 'segments' ? BIT.segments : 0) |
    (btime === null ? 0 : BIT.btime) |
    (mode === null ? 0 : BIT.mode) |
    (attributes.size === 0 ? 0 : BIT.attributes)
  );
}

/** `brief` leaves the manifest empty: a list of many versions asks for everything else. */
export function decodeFacts(page: Bytes, offset: number, brief = false): Facts {
  const from = new Reader(page, offset);
  const nameAt = from.number();
  const device = from.number();
  const mime = from.number() - 1;
  const bits = from.byte();
  const capturedAt = from.time();
  const btime = bits & BIT.btime ? from.time() : null;
  const mode = bits & BIT.mode ? from.number() : null;
  const rootHash = from.bytes(HASH);
  const count = from.number();
  const rows = brief ? from.pass(count) : from.many(count, () => [from.number(), from.bytes(HASH)] as [number, Bytes]);
  const manifest =
    bits & BIT.segments ? ({ op: 'segments', segments: rows } as const) : ({ op: 'inline', chunks: rows } as const);
  const pairs = bits & BIT.attributes ? from.many(from.number(), () => [from.text(), from.text()] as const) : [];
  const flags = bits & BIT.flags;
  return { nameAt, device, mime, capturedAt, btime, mode, flags, rootHash, manifest, attributes: new Map(pairs) };
}

class Reader {
  readonly #page: Bytes;
  #at: number;

  constructor(page: Bytes, at: number) {
    this.#page = page;
    this.#at = at;
  }

  byte(): number {
    return this.#page[this.#at++] as number;
  }

  number(): number {
    const { value, next } = varint(this.#page, this.#at);
    this.#at = next;
    return value;
  }

  time(): number {
    const view = new DataView(this.#page.buffer, this.#page.byteOffset);
    this.#at += 8;
    return view.getFloat64(this.#at - 8, true);
  }

  bytes(length: number): Bytes {
    this.#at += length;
    return this.#page.slice(this.#at - length, this.#at);
  }

  text(): string {
    return fromUtf8(this.bytes(this.number()));
  }

  many<T>(count: number, one: () => T): T[] {
    return Array.from({ length: count }, one);
  }

  /** Over so many chunks. */
  pass(count: number): [number, Bytes][] {
    for (let i = 0; i < count; i++) {
      this.number();
      this.#at += HASH;
    }
    return [];
  }
}

/**
 * Deterministic CBOR (RFC 8949 section 4.2.1) with a schema. Whatever is read is decoded strictly, checked against its
 * schema and encoded again: the bytes must come out the same, so there is exactly one encoding of every value and no
 * decoder can be told apart from another. Depth and size are limited before anything is built.
 */
import { decode, encode, type Token, Tokenizer } from 'cborg';
import { type Bytes, equal, fromUtf8, utf8 } from '../bytes/index.ts';
import { HoldfastError, integrityError } from '../errors/index.ts';

const MAX_DEPTH = 16;
/** So many items take little memory, however small they are: one of a byte takes up to 200. */
const FEW = 8_192;
const [MAJOR_BYTES, MAJOR_TEXT, MAJOR_ARRAY, MAJOR_MAP] = [2, 3, 4, 5] as const;

/** One kind of value: to and from what the CBOR library handles. `read` throws E_INTEGRITY on anything else. */
export interface Codec<T> {
  write(value: T): unknown;
  read(raw: unknown): T;
}
export type Value<C> = C extends Codec<infer T> ? T : never;

function fail(): never {
  throw integrityError();
}

/** Unsigned integer up to `max` (default 2^53 − 1). */
export const uint = (max: number = Number.MAX_SAFE_INTEGER): Codec<number> => ({
  write: (value) => value,
  read: (raw) => (typeof raw === 'number' && Number.isSafeInteger(raw) && raw >= 0 && raw <= max ? raw : fail()),
});

/** Signed safe integer. */
export const int: Codec<number> = {
  write: (value) => value,
  read: (raw) => (typeof raw === 'number' && Number.isSafeInteger(raw) ? raw : fail()),
};

/** Bytes of exactly `length`. */
export const bytes = (length: number): Codec<Bytes> => ({
  write: (value) => value,
  read: (raw) => (raw instanceof Uint8Array && raw.length === length ? (raw as Bytes) : fail()),
});

/** A character takes at most three bytes, so that few texts have to be written down to be measured. */
function isWithin(value: string, maxBytes: number): boolean {
  return 3 * value.length <= maxBytes || utf8(value).length <= maxBytes;
}

/** Text of at most `maxBytes` bytes of UTF-8. */
export const text = (maxBytes: number): Codec<string> => ({
  write: (value) => value,
  read: (raw) => (typeof raw === 'string' && isWithin(raw, maxBytes) ? raw : fail()),
});

export const nullable = <T>(codec: Codec<T>): Codec<T | null> => ({
  write: (value) => (value === null ? null : codec.write(value)),
  read: (raw) => (raw === null ? null : codec.read(raw)),
});

export const list = <T>(codec: Codec<T>, max: number, min = 0): Codec<T[]> => ({
  write: (values) => values.map((value) => codec.write(value)),
  read: (raw) =>
    Array.isArray(raw) && raw.length >= min && raw.length <= max ? raw.map((item) => codec.read(item)) : fail(),
});

type TupleValue<C extends readonly Codec<unknown>[]> = { -readonly [K in keyof C]: Value<C[K]> };

/** Array of fixed length with a codec for each place. */
export const tuple = <const C extends readonly Codec<unknown>[]>(...codecs: C): Codec<TupleValue<C>> => ({
  write: (values) => codecs.map((codec, i) => codec.write((values as readonly unknown[])[i])),
  read: (raw) => {
    if (!Array.isArray(raw) || raw.length !== codecs.length) fail();
    return codecs.map((codec, i) => codec.read((raw as unknown[])[i])) as TupleValue<C>;
  },
});

type Fields = Readonly<Record<string, readonly [key: number, codec: Codec<unknown>]>>;
type RecordValue<F extends Fields> = { [K in keyof F]: Value<F[K][1]> };

/** Map with small integer keys; every field is present, unknown keys are refused. */
export const record = <const F extends Fields>(fields: F): Codec<RecordValue<F>> => {
  const sorted = Object.entries(fields).sort((a, b) => a[1][0] - b[1][0]);
  return {
    write: (value) =>
      new Map(sorted.map(([name, [key, codec]]) => [key, codec.write((value as Record<string, unknown>)[name])])),
    read: (raw) => {
      if (!(raw instanceof Map) || raw.size !== sorted.length) fail();
      const map = raw as Map<unknown, unknown>;
      return Object.fromEntries(
        sorted.map(([name, [key, codec]]) => [name, codec.read(map.has(key) ? map.get(key) : fail())]),
      ) as RecordValue<F>;
    },
  };
};

/** Map from text to text, at most `max` pairs. */
export const textMap = (max: number, maxBytes: number): Codec<ReadonlyMap<string, string>> => {
  const item = text(maxBytes);
  return {
    write: (value) => new Map(value),
    read: (raw) => {
      if (!(raw instanceof Map) || raw.size > max) fail();
      return new Map([...(raw as Map<unknown, unknown>)].map(([key, value]) => [item.read(key), item.read(value)]));
    },
  };
};

type Variants = Readonly<Record<string, readonly [code: number, codec: Codec<unknown>]>>;
export type VariantValue<V extends Variants> = { [K in keyof V]: { op: K } & Value<V[K][1]> }[keyof V];

/** `[code, body]`, read into `{ op: name, …body }`. */
export const variant = <const V extends Variants>(variants: V): Codec<VariantValue<V>> => {
  const byCode = new Map(Object.entries(variants).map(([name, [code, codec]]) => [code, [name, codec] as const]));
  return {
    write: (value) => {
      const chosen = variants[(value as { op: string }).op];
      if (chosen === undefined) throw new TypeError('unknown variant');
      return [chosen[0], chosen[1].write(value)];
    },
    read: (raw) => {
      if (!Array.isArray(raw) || raw.length !== 2) fail();
      const [name, codec] = byCode.get((raw as unknown[])[0] as number) ?? fail();
      return { op: name, ...(codec.read((raw as unknown[])[1]) as object) } as VariantValue<V>;
    },
  };
};

/** Canonical bytes of a value. E_INPUT for one that no reader would take: once written it could never be taken back. */
export function encodeCbor<T>(codec: Codec<T>, value: T): Bytes {
  const raw = codec.write(value);
  try {
    codec.read(raw);
  } catch (cause) {
    throw new HoldfastError('E_INPUT', 'a value is outside the limits of the format', { cause });
  }
  return new Uint8Array(encode(raw));
}

const DECODE = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  rejectDuplicateMapKeys: true,
  retainStringBytes: true,
  useMaps: true,
} as const;

/** The library's reading of text drops a byte order mark and mends bad UTF-8; here text is what its bytes say, or nothing. */
class ExactTokenizer extends Tokenizer {
  override next(): Token {
    const token = super.next();
    if (token.byteValue !== undefined) token.value = fromUtf8(token.byteValue);
    return token;
  }
}

/** The value of canonical bytes of at most `maxBytes`; E_INTEGRITY for anything else. */
export function decodeCbor<T>(codec: Codec<T>, input: Uint8Array, maxBytes: number): T {
  if (input.length > maxBytes || !isModest(input)) throw integrityError();
  try {
    const value = codec.read(decode(input, { ...DECODE, tokenizer: new ExactTokenizer(input, DECODE) }));
    // Its limits were checked by reading it.
    if (equal(encode(codec.write(value)), input)) return value;
  } catch (cause) {
    throw integrityError(cause);
  }
  throw integrityError();
}

/** A head's argument, and where its item's content begins. Null for the additional information that is not allowed. */
function readHead(input: Uint8Array, at: number): { major: number; argument: number; next: number } | null {
  const first = input[at] as number;
  const minor = first & 31;
  if (minor > 27) return null;
  if (minor < 24) return { major: first >> 5, argument: minor, next: at + 1 };
  const width = 1 << (minor - 24);
  let argument = 0;
  for (let i = 1; i <= width; i++) argument = argument * 256 + (input[at + i] ?? 0);
  return { major: first >> 5, argument, next: at + 1 + width };
}

/** How many items an array or map of this head holds; 0 for everything else. */
function itemsOf({ major, argument }: { major: number; argument: number }): number {
  if (major === MAJOR_ARRAY) return argument;
  return major === MAJOR_MAP ? 2 * argument : 0;
}

/**
 * Scans heads without building anything: true when arrays and maps nest at most MAX_DEPTH deep, and there are no more of
 * them, and of all items, than anything of this length that we write has. Lengths are checked later.
 */
function isModest(input: Uint8Array): boolean {
  // Items still to come in each open array or map.
  const open: number[] = [];
  let items = 0;
  let containers = 0;
  for (let at = 0; at < input.length; items++) {
    const head = readHead(input, at);
    if (head === null) return false;
    at = head.major === MAJOR_BYTES || head.major === MAJOR_TEXT ? head.next + head.argument : head.next;
    if (head.major === MAJOR_ARRAY || head.major === MAJOR_MAP) containers++;
    take(open, itemsOf(head));
    if (open.length > MAX_DEPTH) return false;
  }
  return items <= FEW + input.length / 2 && containers <= FEW + input.length / 8;
}

/** Counts off an item that holds so many others, and closes what is full by it. */
function take(open: number[], holds: number): void {
  const last = open.length - 1;
  if (last >= 0) open[last] = (open[last] as number) - 1;
  if (holds > 0) open.push(holds);
  while (open.at(-1) === 0) open.pop();
}

/**
 * Small decoders of untrusted JSON. Each takes any value and answers a value of its type, or throws E_PROTOCOL; fields
 * it does not know are dropped, so that a newer server may say more. No schema library: clients are kept small.
 */
import { type Bytes, fromBase64url, fromUtf8 } from '../bytes/index.ts';
import { HoldfastError } from '../errors/index.ts';

export type Decoder<T> = (value: unknown) => T;

export function protocolError(detail: string, cause?: unknown): HoldfastError {
  return new HoldfastError('E_PROTOCOL', detail, cause === undefined ? {} : { cause });
}

/** The JSON value of a UTF-8 body. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(fromUtf8(body));
  } catch (cause) {
    throw protocolError('the answer is not JSON', cause);
  }
}

export function text(maxLength: number, pattern = /^/): Decoder<string> {
  return (value) => {
    if (typeof value !== 'string' || value.length > maxLength || !pattern.test(value)) {
      throw protocolError('a text of another form was expected');
    }
    return value;
  };
}

/** Lower-case hex of exactly this many bytes. */
export function hex(bytes: number): Decoder<string> {
  return text(2 * bytes, new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
}

export const id16 = hex(16);
export const hash32 = hex(32);

/** Safe integer in the closed range. */
export function integer(min = 0, max = Number.MAX_SAFE_INTEGER): Decoder<number> {
  return (value) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
      throw protocolError('an integer in range was expected');
    }
    return value;
  };
}

export const flag: Decoder<boolean> = (value) => {
  if (typeof value !== 'boolean') throw protocolError('true or false was expected');
  return value;
};

/** Bytes of canonical base64url; the lengths are of the bytes, both inclusive. */
export function binary(min: number, max = min): Decoder<Bytes> {
  const longest = Math.ceil((max * 4) / 3);
  return (value) => {
    if (typeof value !== 'string' || value.length > longest) throw protocolError('base64url was expected');
    let bytes: Bytes;
    try {
      bytes = fromBase64url(value);
    } catch (cause) {
      throw protocolError('base64url was expected', cause);
    }
    if (bytes.length < min || bytes.length > max) throw protocolError('bytes of another length were expected');
    return bytes;
  };
}

export function oneOf<const T extends string | number>(...allowed: readonly T[]): Decoder<T> {
  return (value) => {
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) throw protocolError('one of a few known values was expected');
    return found;
  };
}

export function nullable<T>(decode: Decoder<T>): Decoder<T | null> {
  return (value) => (value === null ? null : decode(value));
}

/** A field that may be left out; it is null then. */
export function optional<T>(decode: Decoder<T>): Decoder<T | null> {
  return (value) => (value === undefined ? null : decode(value));
}

export function list<T>(decode: Decoder<T>, max: number): Decoder<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length > max) throw protocolError('a list was expected');
    return value.map((item) => decode(item));
  };
}

export function object<T extends object>(fields: { readonly [K in keyof T]-?: Decoder<T[K]> }): Decoder<T> {
  const decoders = Object.entries(fields) as [string, Decoder<unknown>][];
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw protocolError('an object was expected');
    }
    const own = (key: string): unknown => (Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined);
    return Object.fromEntries(decoders.map(([key, decode]) => [key, decode(own(key))])) as T;
  };
}

/** The one field `key` of an object. */
export function field<T>(key: string, decode: Decoder<T>): Decoder<T> {
  const whole = object<Record<string, T>>({ [key]: decode });
  return (value) => whole(value)[key] as T;
}

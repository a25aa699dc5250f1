/** A second writer of deterministic CBOR (RFC 8949 section 4.2.1), made from the text of the RFC and nothing of ours. */
export function referenceCbor(value: unknown): Buffer {
  if (value === null) return Buffer.from([0xf6]);
  if (typeof value === 'number') return value >= 0 ? head(0, BigInt(value)) : head(1, -1n - BigInt(value));
  if (typeof value === 'string') return headed(3, Buffer.from(value, 'utf8'));
  if (value instanceof Uint8Array) return headed(2, value);
  if (Array.isArray(value)) return Buffer.concat([head(4, BigInt(value.length)), ...value.map(referenceCbor)]);
  if (!(value instanceof Map)) throw new TypeError('not of the subset');
  const pairs = [...value].map(([key, item]) => [referenceCbor(key), referenceCbor(item)] as const);
  pairs.sort(([a], [b]) => Buffer.compare(a, b));
  return Buffer.concat([head(5, BigInt(pairs.length)), ...pairs.flat()]);
}

function headed(major: number, content: Uint8Array): Buffer {
  return Buffer.concat([head(major, BigInt(content.length)), content]);
}

/** The head of an item with its argument in the fewest bytes. */
export function head(major: number, argument: bigint): Buffer {
  if (argument < 24n) return Buffer.from([(major << 5) | Number(argument)]);
  const width = [1, 2, 4, 8].find((bytes) => argument < 1n << BigInt(8 * bytes)) as number;
  return wideHead(major, argument, width);
}

/** The same with a width of one's choice, which is not canonical when fewer bytes do. */
export function wideHead(major: number, argument: bigint, width: number): Buffer {
  const out = Buffer.alloc(1 + width);
  out[0] = (major << 5) | (24 + Math.log2(width));
  for (let i = 0; i < width; i++) out[width - i] = Number((argument >> BigInt(8 * i)) & 255n);
  return out;
}

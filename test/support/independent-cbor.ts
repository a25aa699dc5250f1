/** Reads the CBOR subset of docs/format.md with Node alone: strict, canonical, at most sixteen deep. */

export type Item = number | string | null | Buffer | readonly Item[] | ReadonlyMap<Item, Item>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function readCbor(bytes: Uint8Array): Item {
  const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { item, next } = read(input, 0, 0);
  if (next !== input.length) throw new Error('bytes after the item');
  return item;
}

function read(input: Buffer, at: number, depth: number): { item: Item; next: number } {
  if (input[at] === 0xf6) return { item: null, next: at + 1 };
  const { major, argument, next } = readHead(input, at);
  switch (major) {
    case 0:
      return { item: argument, next };
    case 1:
      return { item: -1 - argument, next };
    case 2:
    case 3: {
      const content = input.subarray(next, next + argument);
      if (content.length !== argument) throw new Error('cut');
      return { item: major === 2 ? content : utf8.decode(content), next: next + argument };
    }
    case 4:
      return readArray(input, next, argument, depth + 1);
    case 5:
      return readMap(input, next, argument, depth + 1);
    default:
      throw new Error(`major type ${major}`);
  }
}

function readHead(input: Buffer, at: number): { major: number; argument: number; next: number } {
  const first = input.readUInt8(at);
  const [major, minor] = [first >> 5, first & 31];
  if (minor < 24) return { major, argument: minor, next: at + 1 };
  if (minor > 27) throw new Error('additional information');
  const width = 1 << (minor - 24);
  const argument = BigInt(`0x${input.subarray(at + 1, at + 1 + width).toString('hex') || 'x'}`);
  const least = [24n, 256n, 65_536n, 4_294_967_296n][minor - 24] as bigint;
  if (argument < least || argument > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error('not in the fewest bytes');
  return { major, argument: Number(argument), next: at + 1 + width };
}

function readArray(input: Buffer, start: number, count: number, depth: number): { item: Item; next: number } {
  if (depth > 16) throw new Error('too deep');
  const items: Item[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    const { item, next } = read(input, at, depth);
    items.push(item);
    at = next;
  }
  return { item: items, next: at };
}

function readMap(input: Buffer, start: number, count: number, depth: number): { item: Item; next: number } {
  if (depth > 16) throw new Error('too deep');
  const map = new Map<Item, Item>();
  let at = start;
  let before: Buffer | null = null;
  for (let i = 0; i < count; i++) {
    const key = read(input, at, depth);
    const encoded = input.subarray(at, key.next);
    if (before !== null && Buffer.compare(before, encoded) >= 0) throw new Error('keys are not in order');
    before = encoded;
    const value = read(input, key.next, depth);
    map.set(key.item, value.item);
    at = value.next;
  }
  return { item: map, next: at };
}

/**
 * A second reader, written from docs/format.md with Node alone: it knows no code of the product, so what both read alike
 * is what the document says. It trusts its input to be honest where a check would only repeat the product's tests.
 */
import assert from 'node:assert/strict';
import { argon2Sync, createDecipheriv, createHash, createHmac, createPublicKey, hkdfSync, verify } from 'node:crypto';
import { inflateRawSync, zstdDecompressSync } from 'node:zlib';
import { type Item, readCbor } from './independent-cbor.ts';

type Bin = Uint8Array;
type Fields = ReadonlyMap<Item, Item>;

const NONE = Buffer.alloc(0);
const SUITE = Buffer.from([1]);
const u16 = (n: number) => Buffer.from([n >> 8, n & 255]);
const u32 = (n: number) => Buffer.from([n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255]);
const u64 = (n: number) => Buffer.from(BigInt.asUintN(64, BigInt(n)).toString(16).padStart(16, '0'), 'hex');
const sha256 = (...parts: Bin[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const hmac = (key: Bin, ...parts: Bin[]) => createHmac('sha256', key).update(Buffer.concat(parts)).digest();
const lp = (x: Bin) => Buffer.concat([u16(x.length), x]);
const info = (label: string, ...parts: Bin[]) => Buffer.concat([lp(Buffer.from(label)), ...parts.map(lp)]);
const hkdf = (ikm: Bin, salt: Bin, about: Bin, n: number) => Buffer.from(hkdfSync('sha256', ikm, salt, about, n));
export const derive = (ikm: Bin, n: number, label: string, ...parts: Bin[]) =>
  hkdf(ikm, Buffer.alloc(32), info(label, ...parts), n);

function gcm(key: Bin, nonce: Bin, aad: Bin, sealed: Bin): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(aad).setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
}

export function openObject(key: Bin, type: number, context: Bin, object: Bin): Buffer {
  assert.equal(Buffer.from(object.subarray(0, 6)).toString('hex'), `45424b0101${type.toString(16).padStart(2, '0')}`);
  const kind = Buffer.from([1, type]);
  const okm = hkdf(key, object.subarray(6, 38), info('ebk1/object/aead', kind, context), 76);
  assert.deepEqual(Buffer.from(object.subarray(38, 70)), okm.subarray(44));
  return gcm(okm.subarray(0, 32), okm.subarray(32, 44), info('ebk1/object/aad', kind, context), object.subarray(70));
}

function unpadded(plain: Buffer): Buffer {
  const length = plain.readUInt32BE();
  assert.ok(plain.subarray(4 + length).every((byte) => byte === 0));
  return plain.subarray(4, 4 + length);
}

export function openWrap(kek: Bin, accountId: Bin, kind: number, epoch: number, credentialId: Bin, blob: Bin): Buffer {
  return openObject(kek, 0x10, Buffer.concat([accountId, Buffer.from([kind]), u32(epoch), credentialId]), blob);
}

export interface Version {
  readonly name: string;
  readonly size: number;
  readonly rootHash: Buffer;
  readonly manifest: readonly [number, Fields];
  readonly attributes: Fields;
}

export interface Node {
  parent: string;
  name: string;
  deleted: boolean;
  readonly versions: Version[];
}

export interface Log {
  readonly genesis: Fields;
  readonly nodes: Map<string, Node>;
  readonly grants: { purpose: number; subject: Buffer; key: Buffer }[];
  readonly index: Map<string, { pack: string; off: number; len: number; salt: Buffer }>;
  readonly links: Map<string, Fields>;
  readonly head: { seq: number; hash: string };
}

const hex = (item: Item | undefined) => (item as Buffer).toString('hex');

function isSigned(publicKey: Buffer, message: Bin, signature: Buffer): boolean {
  const x = publicKey.toString('base64url');
  return verify(null, message, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), signature);
}

/** Reads and verifies a log from its first entry. */
export function readLog(vaultId: Bin, logKey: Bin, bodies: readonly Bin[]): Log {
  const devices = new Map<string, Buffer>();
  const log = { nodes: new Map(), grants: [], index: new Map(), links: new Map() } as unknown as Log;
  let genesis: Fields | undefined;
  let prev = Buffer.alloc(32);
  bodies.forEach((body, i) => {
    const place = [vaultId, u64(i + 1), prev] as const;
    const content = unpadded(openObject(logKey, 0x20, Buffer.concat(place), body));
    const [version, device, , , , ops, signature] = readCbor(content) as readonly Item[];
    assert.equal(version, 1);
    const operations = ops as readonly (readonly [number, Fields])[];
    genesis ??= operations[0]?.[0] === 1 ? operations[0][1] : assert.fail('no genesis');
    for (const [number, fields] of operations)
      if (number === 2) devices.set(hex(fields.get(0)), admitted(genesis, fields));
    // All but the signature: an array of six instead of seven, and 66 bytes less.
    const unsigned = Buffer.concat([Buffer.from([0x86]), content.subarray(1, -66)]);
    const signed = info('ebk1/log/sig', ...place, sha256(unsigned));
    assert.ok(isSigned(devices.get(hex(device)) as Buffer, signed, signature as Buffer));
    for (const [number, fields] of operations) apply(log, number, fields);
    prev = sha256(info('ebk1/log/entry', ...place, sha256(body)));
  });
  return { ...log, genesis: genesis as Fields, head: { seq: bodies.length, hash: prev.toString('hex') } };
}

function admitted(genesis: Fields, cert: Fields): Buffer {
  const [id, key, name, added, signature] = [0, 1, 2, 3, 4].map((field) => cert.get(field));
  const parts = [genesis.get(3), id, key, Buffer.from(name as string), u64(added as number)] as Buffer[];
  assert.ok(isSigned(genesis.get(2) as Buffer, info('ebk1/device/cert', ...parts), signature as Buffer));
  return key as Buffer;
}

function apply({ nodes, grants, index, links }: Log, number: number, f: Fields): void {
  const id = f.get(0) as Buffer;
  const node = Buffer.isBuffer(id) ? nodes.get(id.toString('hex')) : undefined;
  if (number === 4) grants.push({ purpose: f.get(0) as number, subject: f.get(1) as Buffer, key: f.get(3) as Buffer });
  if (number === 5) {
    const place = { parent: hex(f.get(3)), name: f.get(4) as string, deleted: false };
    const known = node === undefined ? { ...place, versions: [] } : Object.assign(node, place);
    nodes.set(id.toString('hex'), known);
    known.versions.push({
      name: place.name,
      size: f.get(6) as number,
      rootHash: f.get(11) as Buffer,
      manifest: f.get(12) as Version['manifest'],
      attributes: f.get(18) as Fields,
    });
  }
  if (number === 6) Object.assign(node as Node, { parent: hex(f.get(1)), name: f.get(2), deleted: false });
  if (number === 7 || number === 8) (node as Node).deleted = number === 7;
  if (number === 9) {
    let replaced = '';
    for (const [cid, off, len, salt] of f.get(2) as readonly (readonly [Buffer, number, number, Buffer])[]) {
      const key = hex(cid);
      if (len > 0 && (replaced === key || !index.has(key))) index.set(key, { pack: hex(id), off, len, salt });
      replaced = len === 0 ? key : '';
    }
  }
  if (number === 10) links.set(hex(id), f);
  if (number === 11) links.delete(hex(id));
}

export type Packs = ReadonlyMap<string, Bin>;
interface ChunkKeys {
  readonly key: Bin;
  readonly nonce: Bin;
  readonly cid: Bin;
}

function openBlob(domainId: Bin, { key, nonce, cid }: ChunkKeys, blob: Bin, length: number, h: Bin): Buffer {
  const opened = gcm(key, nonce, info('ebk1/chunk/aad', SUITE, domainId, cid), blob.subarray(16));
  const data = opened.subarray(1);
  const limit = { maxOutputLength: Math.max(1, length) };
  const forms = [() => data, () => inflateRawSync(data, limit), () => zstdDecompressSync(data, limit)];
  const plain = forms[opened[0] as number]?.();
  assert.ok(plain);
  assert.equal(plain.length, length);
  assert.deepEqual(sha256(plain), Buffer.from(h));
  return plain;
}

export interface Domain {
  readonly id: Bin;
  readonly secret: Bin;
}

function readChunk(log: Log, packs: Packs, { id, secret }: Domain, length: number, h: Buffer): Buffer {
  const cid = hmac(derive(secret, 32, 'ebk1/domain/chunk-id'), h);
  const place = log.index.get(cid.toString('hex'));
  assert.ok(place);
  const blob = packs.get(place.pack)?.subarray(place.off, place.off + place.len) as Bin;
  assert.deepEqual(Buffer.from(blob.subarray(0, 16)), place.salt);
  const about = info('ebk1/chunk/aead', SUITE, id, cid);
  const okm = hkdf(derive(secret, 32, 'ebk1/domain/chunk-seal'), place.salt, about, 44);
  return openBlob(id, { key: okm.subarray(0, 32), nonce: okm.subarray(32), cid }, blob, length, h);
}

type Rows = readonly (readonly [number, Buffer])[];

function checkRoot(size: number, rows: Rows, rootHash: Buffer): void {
  assert.equal(
    rows.reduce((sum, [length]) => sum + length, 0),
    size,
  );
  const list = sha256(...rows.map(([, h]) => h));
  assert.deepEqual(sha256(info('ebk1/file/root', u64(size), u32(rows.length), list)), rootHash);
}

/** The bytes of one version of a file. */
export function readVersion(log: Log, packs: Packs, domain: Domain, { manifest, size, rootHash }: Version): Buffer {
  const [form, fields] = manifest;
  const listed = fields.get(0) as Rows;
  const rows = form === 0 ? listed : listed.flatMap(([n, h]) => readCbor(readChunk(log, packs, domain, n, h)) as Rows);
  checkRoot(size, rows, rootHash);
  return Buffer.concat(rows.map(([length, h]) => readChunk(log, packs, domain, length, h)));
}

/** The rows of a pack's own footer: chunk id as hex, offset, length. */
export function readFooter(indexKey: Bin, { id, secret }: Domain, pack: Bin): [string, number, number][] {
  const salt = pack.subarray(0, 16);
  const okm = hkdf(derive(secret, 32, 'ebk1/domain/chunk-seal'), salt, info('ebk1/pack/head', SUITE, id), 44);
  const length = gcm(okm.subarray(0, 32), okm.subarray(32), NONE, pack.subarray(16, 36)).readUInt32BE();
  const footer = openObject(indexKey, 0x31, info('ebk1/pack/head', id, salt), pack.subarray(pack.length - length));
  return (readCbor(footer) as readonly (readonly [Buffer, number, number])[]).map(([cid, off, n]) => [
    hex(cid),
    off,
    n,
  ]);
}

export function linkKeys(fragment: string, password: string): { lookup: Buffer; auth: Buffer; enc: Buffer } {
  const [version, flags, ...rest] = Buffer.from(fragment, 'base64url');
  assert.deepEqual([version, rest.length], [1, 16]);
  const secret = Buffer.from(rest);
  const stretched = flags === 0 ? NONE : stretch(password, derive(secret, 16, 'ebk1/link/pw-salt'));
  const ikm = Buffer.concat([secret, stretched]);
  const lookup = derive(secret, 16, 'ebk1/link/lookup');
  return { lookup, auth: derive(ikm, 32, 'ebk1/link/auth'), enc: derive(ikm, 32, 'ebk1/link/enc') };
}

function stretch(password: string, nonce: Buffer): Buffer {
  const message = password.normalize('NFKC');
  return argon2Sync('argon2id', { message, nonce, memory: 65_536, passes: 3, parallelism: 4, tagLength: 32 });
}

/** What a link gives: path → bytes. */
export function readLink(enc: Bin, lookup: Bin, record: Bin, packs: Packs): Map<string, Buffer> {
  const fields = readCbor(unpadded(openObject(enc, 0x40, lookup, record))) as Fields;
  const manifest = fields.get(5) as Fields;
  const [domainId, ids, files] = [0, 1, 2].map((key) => manifest.get(key)) as [Buffer, Buffer[], Fields[]];
  return new Map(
    files.map((file) => {
      const chunks = file.get(5) as [number, number, number, number, Buffer, Buffer, Buffer, Buffer, number, Buffer][];
      checkRoot(
        file.get(1) as number,
        chunks.map(([, , , length, , , , h]) => [length, h]),
        file.get(4) as Buffer,
      );
      const parts = chunks.map(([pack, off, len, length, key, nonce, cid, h, , salt]) => {
        const blob = packs.get(hex(ids[pack]))?.subarray(off, off + len) as Bin;
        assert.deepEqual(Buffer.from(blob.subarray(0, 16)), salt);
        return openBlob(domainId, { key, nonce, cid }, blob, length, h);
      });
      return [(file.get(0) as string[]).join('/'), Buffer.concat(parts)];
    }),
  );
}

/** Audit tokens: what they ask, that only the bytes answer, and that no key is made twice. */
import assert from 'node:assert/strict';
import { createHmac, hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Bytes, fromHex, toHex } from '../../../shared/bytes/index.ts';
import { domainKeys } from '../../../shared/crypto/index.ts';
import { auditTokenKey, makeAuditTokens } from '../../../shared/format/index.ts';
import { challengedRange, PACK_CLASSES } from '../../../shared/protocol/index.ts';
import { random } from '../../support/fixtures.ts';
import { flipped } from '../../support/tamper.ts';

const RANGE = 65_536;
const keys = await domainKeys(random.bytes(32), random.bytes(16));
const ID = '5a'.repeat(32);

function answerOf(key: Bytes, pack: Bytes): string {
  const { start, end } = challengedRange(key, pack.length);
  return createHmac('sha256', key).update(pack.subarray(start, end)).digest('hex').slice(0, 32);
}

/** The keys and tokens of a pack, in hex. */
async function tokensOf(packId: string, pack: Bytes, salt = random.bytes(16)) {
  const { macs } = await makeAuditTokens(keys, packId, pack, salt);
  return Promise.all(
    macs.map(async (mac, index) => ({ mac: toHex(mac), key: await auditTokenKey(keys, packId, { salt, index }) })),
  );
}

test('the bytes of a pack answer its tokens, whatever its class', async () => {
  for (const size of PACK_CLASSES) {
    const pack = random.bytes(size);
    const tokens = await tokensOf(ID, pack);
    assert.equal(tokens.length, 4);
    for (const { mac, key } of tokens) assert.equal(answerOf(key, pack), mac);
  }
});

test('a flipped bit is found by exactly the tokens whose range it is in', async () => {
  const pack = random.bytes(1_048_576);
  const tokens = await tokensOf(ID, pack);
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: pack.length - 1 }), async (at) => {
      const damaged = flipped(pack, at);
      for (const { mac, key } of tokens) {
        const { start, end } = challengedRange(key, pack.length);
        assert.equal(answerOf(key, damaged) !== mac, start <= at && at < end);
      }
    }),
    { numRuns: 50 },
  );
});

test('no two tokens share a key: of one pack, of two packs, of two makings', async () => {
  const pack = random.bytes(RANGE);
  const salt = random.bytes(16);
  const all = [await tokensOf(ID, pack, salt), await tokensOf('5b'.repeat(32), pack, salt), await tokensOf(ID, pack)];
  assert.equal(new Set(all.flat().map(({ key }) => toHex(key))).size, 12);
});

test('every range of a pack is asked about, about as often as the others', () => {
  for (const size of PACK_CLASSES) {
    const counts = new Array<number>(size / RANGE).fill(0);
    for (let i = 0; i < 200 * counts.length; i++) {
      const { start, end } = challengedRange(random.bytes(32), size);
      assert.ok(start % RANGE === 0 && end === start + RANGE && end <= size);
      counts[start / RANGE] = (counts[start / RANGE] as number) + 1;
    }
    assert.ok(counts.every((n) => n > 100 && n < 300));
  }
});

test('the frozen vector, and the same from the document alone', async () => {
  const { auditToken: v, chunk } = JSON.parse(
    readFileSync(new URL('../../vectors/format.json', import.meta.url), 'utf8'),
  );
  const pack = new Uint8Array(262_144).map((_, i) => i >> 16);
  const own = await domainKeys(fromHex(chunk.domainSecret), fromHex(chunk.domainId));
  const { macs } = await makeAuditTokens(own, v.pack, pack, fromHex(v.salt));
  assert.deepEqual(macs.map(toHex), v.macs);
  const lp = (bytes: Uint8Array) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
  const hkdf = (ikm: Uint8Array, length: number, ...parts: Uint8Array[]) =>
    Buffer.from(hkdfSync('sha256', ikm, Buffer.alloc(32), Buffer.concat(parts.map(lp)), length));
  const auditKey = hkdf(fromHex(chunk.domainSecret), 32, Buffer.from('ebk1/domain/audit'));
  const okm = hkdf(auditKey, 128, Buffer.from('ebk1/audit/token'), fromHex(v.pack), fromHex(v.salt));
  for (const [index, mac] of macs.entries()) {
    const key = new Uint8Array(okm.subarray(32 * index, 32 * index + 32));
    assert.deepEqual(await auditTokenKey(own, v.pack, { salt: fromHex(v.salt), index }), key);
    assert.equal(answerOf(key, pack), toHex(mac));
  }
});

/** Wraps hold the root key for one way in only; keys of different purposes have nothing in common. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bytes, toHex, utf8 } from '../../../shared/bytes/index.ts';
import {
  accountLogKey,
  derive,
  deviceKek,
  domainKeys,
  hkdfKey,
  hmac,
  LABELS,
  OBJECT_TYPE,
  passwordKek,
  recoveryKek,
  recoveryProof,
  sealObject,
  unwrapRootKey,
  vaultKeys,
  WRAP_KIND,
  type WrapContext,
  wrapRootKey,
} from '../../../shared/crypto/index.ts';
import { random } from '../../support/fixtures.ts';
import { failure, flipped } from '../../support/tamper.ts';

const kek = random.bytes(32);
const rootKey = random.bytes(32);
const context: WrapContext = {
  accountId: random.bytes(16),
  kind: WRAP_KIND.device,
  epoch: 1,
  credentialId: random.bytes(16),
};
const wrap = (): Promise<Bytes> => wrapRootKey(kek, context, rootKey, random.bytes(32));

test('a wrap gives the root key back', async () => {
  assert.deepEqual(await unwrapRootKey(kek, context, await wrap()), rootKey);
});

test('every flipped byte of a wrap gives the same error', async () => {
  const blob = await wrap();
  for (let at = 0; at < blob.length; at++) {
    // Turning the suite up, not down: a lower suite has an error of its own.
    const evil = flipped(blob, at, at === 4 ? 1 : 0);
    assert.equal(await failure(unwrapRootKey(kek, context, evil)), 'E_INTEGRITY', `byte ${at}`);
  }
});

test('a wrap of another account, kind, epoch or credential gives the same error', async () => {
  const blob = await wrap();
  const others: Partial<WrapContext>[] = [
    { accountId: random.bytes(16) },
    ...Object.values(WRAP_KIND)
      .filter((kind) => kind !== context.kind)
      .map((kind) => ({ kind })),
    { epoch: 0 },
    { epoch: 2 },
    { epoch: 0xffff_ffff },
    { credentialId: random.bytes(16) },
    { credentialId: utf8('') },
    { credentialId: context.credentialId.slice(0, 15) },
  ];
  for (const other of others) {
    assert.equal(
      await failure(unwrapRootKey(kek, { ...context, ...other }, blob)),
      'E_INTEGRITY',
      JSON.stringify(other),
    );
  }
  assert.equal(await failure(unwrapRootKey(random.bytes(32), context, blob)), 'E_INTEGRITY');
});

test('a wrap that holds something else than a root key is refused', async () => {
  for (const length of [0, 16, 31, 33, 64]) {
    const blob = await wrapRootKey(kek, context, random.bytes(length), random.bytes(32));
    assert.equal(await failure(unwrapRootKey(kek, context, blob)), 'E_INTEGRITY');
  }
  const entry = await sealObject(kek, OBJECT_TYPE.logEntry, utf8(''), rootKey, random.bytes(32));
  assert.equal(await failure(unwrapRootKey(kek, context, entry)), 'E_INTEGRITY');
});

test('the device key needs both halves and its own device', async () => {
  const [secret, half, deviceId] = [random.bytes(32), random.bytes(32), random.bytes(16)];
  const unlockKey = await hkdfKey(secret);
  assert.equal(unlockKey.extractable, false);
  const mine = await deviceKek(unlockKey, half, deviceId);
  assert.deepEqual(await deviceKek(await hkdfKey(secret), half, deviceId), mine);
  assert.notDeepEqual(await deviceKek(unlockKey, random.bytes(32), deviceId), mine);
  assert.notDeepEqual(await deviceKek(await hkdfKey(random.bytes(32)), half, deviceId), mine);
  assert.notDeepEqual(await deviceKek(unlockKey, half, random.bytes(16)), mine);
});

test('from the same secret every purpose gets another key', async () => {
  const secret = random.bytes(32);
  const vault = await vaultKeys(secret);
  const proof = await recoveryProof(secret);
  const keys = [
    await passwordKek(secret),
    await recoveryKek(secret),
    await accountLogKey(secret),
    vault.log,
    vault.index,
    proof.seed,
    proof.lookup,
  ].map((key) => toHex(key).slice(0, 32));
  assert.equal(new Set(keys).size, keys.length);
  const all = await Promise.all(Object.values(LABELS).map(async (label) => toHex(await derive(secret, 32, label))));
  assert.equal(new Set(all).size, all.length);
});

test("a domain's keys are its own, never extractable, and never another domain's", async () => {
  const [a, b] = await Promise.all([
    domainKeys(random.bytes(32), random.bytes(16)),
    domainKeys(random.bytes(32), random.bytes(16)),
  ]);
  assert.equal(a.chunkerSecret.length, 4_112);
  for (const key of [a.chunkId, a.seal, a.hedge, a.audit]) assert.equal(key.extractable, false);
  const message = utf8('the same content');
  const tags = await Promise.all([a.chunkId, a.hedge, b.chunkId, b.hedge].map((key) => hmac(key, message)));
  assert.equal(new Set(tags.map(toHex)).size, tags.length);
});

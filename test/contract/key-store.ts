/** What every KeyStore does; run by each implementation. */
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import type { DeviceRecord, KeyStore } from '../../shared/account/ports.ts';
import { toHex } from '../../shared/bytes/index.ts';

const VAULT = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);
const hash = (byte: string): string => byte.repeat(64);
const body = (...bytes: number[]): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

async function deviceRecord(name: string): Promise<DeviceRecord> {
  const { privateKey } = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  return {
    serverUrl: 'http://127.0.0.1:8787',
    serverId: '1'.repeat(32),
    serverPublicKey: 'key',
    accountId: '2'.repeat(32),
    name,
    deviceName: 'laptop',
    deviceId: '3'.repeat(32),
    publicKey: body(1, 2, 3),
    signingKey: privateKey,
    unlockKey: await crypto.subtle.importKey('raw', body(4, 5, 6), 'HKDF', false, ['deriveBits']),
  };
}

/** `make` gives a new, empty store; `reopen` the same one as another page of the origin would see it. */
export function keyStoreContract(name: string, make: () => Promise<{ store: KeyStore; reopen(): KeyStore }>): void {
  describe(`key store: ${name}`, () => {
    let store: KeyStore;
    let reopen: () => KeyStore;
    beforeEach(async () => {
      ({ store, reopen } = await make());
    });

    test('is empty at first', async () => {
      assert.equal(await store.load(), null);
      assert.equal(await store.pinnedHead(VAULT), null);
      assert.deepEqual(await store.cachedEntries(VAULT, 0), []);
      assert.equal(await store.setting('theme'), null);
    });

    test('keeps one device record, the last saved', async () => {
      await store.save(await deviceRecord('first'));
      await store.save(await deviceRecord('second'));
      const record = await reopen().load();
      assert.equal(record?.name, 'second');
      assert.deepEqual(record?.publicKey, body(1, 2, 3));
    });

    test('keeps keys that cannot be read but can be used', async () => {
      await store.save(await deviceRecord('device'));
      const record = await reopen().load();
      assert.ok(record);
      assert.equal(record.signingKey.extractable, false);
      assert.equal((await crypto.subtle.sign('Ed25519', record.signingKey, body(1))).byteLength, 64);
      await assert.rejects(crypto.subtle.exportKey('pkcs8', record.signingKey));
    });

    test('a pinned head goes forward only', async () => {
      const five = { seq: 5, hash: hash('5') };
      assert.deepEqual(await store.pinHead(VAULT, { seq: 3, hash: hash('3') }, [hash('4'), hash('5')]), five);
      assert.deepEqual(await store.pinHead(VAULT, { seq: 3, hash: hash('3') }, [hash('4')]), five);
      assert.deepEqual(await reopen().pinnedHead(VAULT), five);
      const six = { seq: 6, hash: hash('6') };
      assert.deepEqual(await store.pinHead(VAULT, { seq: 4, hash: hash('4') }, [hash('5'), hash('6')]), six);
      assert.deepEqual(await store.pinnedHead(VAULT), six);
      assert.equal(await store.pinnedHead(OTHER), null);
    });

    test('entries that lead past a pinned head by another one do not move it', async () => {
      const five = await store.pinHead(VAULT, { seq: 5, hash: hash('5') }, []);
      for (const [after, hashes] of [
        [{ seq: 5, hash: hash('f') }, [hash('6')]],
        [{ seq: 5, hash: hash('f') }, []],
        [{ seq: 4, hash: hash('4') }, [hash('f'), hash('6')]],
      ] as const)
        assert.deepEqual(await store.pinHead(VAULT, after, hashes), five);
      assert.deepEqual(await reopen().pinnedHead(VAULT), five);
    });

    test('of heads pinned in a race, by two pages, the highest stays', async () => {
      const pages = [store, reopen()];
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 2, maxLength: 8 }), async (seqs) => {
          const vault = `${toHex(seqs)}-race`;
          const pins = [...seqs].map((seq, i) => pages[i % 2]?.pinHead(vault, { seq, hash: hash('0') }, []));
          await Promise.all(pins);
          assert.equal((await store.pinnedHead(vault))?.seq, Math.max(...seqs));
        }),
        { numRuns: 20 },
      );
    });

    test('gives entries back in order, from where they are asked for, each vault its own', async () => {
      await store.cacheEntries(VAULT, 1, [body(1), body(2)]);
      await store.cacheEntries(VAULT, 3, [body(3)]);
      await store.cacheEntries(OTHER, 1, [body(9)]);
      assert.deepEqual(await reopen().cachedEntries(VAULT, 0), [body(1), body(2), body(3)]);
      assert.deepEqual(await store.cachedEntries(VAULT, 2), [body(3)]);
      assert.deepEqual(await store.cachedEntries(VAULT, 3), []);
      assert.deepEqual(await store.cachedEntries(OTHER, 0), [body(9)]);
    });

    test('orders sequence numbers as numbers', async () => {
      for (let seq = 12; seq >= 1; seq--) await store.cacheEntries(VAULT, seq, [body(seq)]);
      assert.deepEqual(
        (await store.cachedEntries(VAULT, 0)).map(([byte]) => byte),
        Array.from({ length: 12 }, (_, i) => i + 1),
      );
    });

    test('never answers across a gap: an entry is known by its place', async () => {
      await store.cacheEntries(VAULT, 1, [body(1)]);
      await store.cacheEntries(VAULT, 3, [body(3)]);
      assert.deepEqual(await store.cachedEntries(VAULT, 0), [body(1)]);
      assert.deepEqual(await store.cachedEntries(VAULT, 1), []);
      assert.deepEqual(await store.cachedEntries(VAULT, 2), [body(3)]);
    });

    test('caching an entry again replaces it', async () => {
      await store.cacheEntries(VAULT, 1, [body(1), body(2)]);
      await store.cacheEntries(VAULT, 2, [body(7)]);
      assert.deepEqual(await store.cachedEntries(VAULT, 0), [body(1), body(7)]);
    });

    test('keeps a checkpoint with all its pieces, and drops what it covers', async () => {
      assert.equal(await store.checkpoint(VAULT), null);
      await store.cacheEntries(VAULT, 1, [body(1), body(2), body(3)]);
      await store.putPiece(VAULT, 'a', body(7));
      await store.putPiece(VAULT, 'b', body(8));
      await store.putPiece(OTHER, 'a', body(9));
      assert.equal(await store.checkpoint(VAULT), null, 'pieces alone are none');
      assert.equal(
        await store.putCheckpoint(VAULT, { seq: 2, hash: hash('2'), head: body(5), pieces: ['a', 'b'] }),
        true,
      );
      const stored = await reopen().checkpoint(VAULT);
      assert.deepEqual([stored?.seq, stored?.hash, stored?.head], [2, hash('2'), body(5)]);
      assert.deepEqual([...(stored?.pieces.keys() ?? [])].sort(), ['a', 'b']);
      assert.deepEqual(await stored?.pieces.get('b')?.(), body(8));
      assert.deepEqual(await store.cachedEntries(VAULT, 0), []);
      assert.deepEqual(await store.cachedEntries(VAULT, 2), [body(3)]);
      assert.equal(await store.checkpoint(OTHER), null);
    });

    test('a checkpoint is never older than the one before, and never lacks a piece', async () => {
      await store.putPiece(VAULT, 'a', body(7));
      const first = { seq: 5, hash: hash('5'), head: body(5), pieces: ['a'] };
      assert.equal(await store.putCheckpoint(VAULT, first), true);
      for (const seq of [4, 5]) assert.equal(await store.putCheckpoint(VAULT, { ...first, seq }), false);
      assert.equal(await store.putCheckpoint(VAULT, { ...first, seq: 6, pieces: ['a', 'missing'] }), false);
      assert.equal((await store.checkpoint(VAULT))?.seq, 5);
    });

    test('whoever reads a checkpoint keeps its pieces while another replaces it', async () => {
      await store.putPiece(VAULT, 'a', body(7));
      await store.putCheckpoint(VAULT, { seq: 1, hash: hash('1'), head: body(5), pieces: ['a'] });
      const reading = await reopen().checkpoint(VAULT);
      await store.putPiece(VAULT, 'b', body(8));
      await store.putCheckpoint(VAULT, { seq: 2, hash: hash('2'), head: body(6), pieces: ['b'] });
      assert.deepEqual([...((await store.checkpoint(VAULT))?.pieces.keys() ?? [])], ['b']);
      assert.deepEqual(await reading?.pieces.get('a')?.(), body(7));
    });

    test('a checkpoint can be dropped, and a new one kept', async () => {
      await store.putPiece(VAULT, 'a', body(7));
      const checkpoint = { seq: 5, hash: hash('5'), head: body(5), pieces: ['a'] };
      await store.putCheckpoint(VAULT, checkpoint);
      await store.dropCheckpoint(VAULT);
      assert.equal(await store.checkpoint(VAULT), null);
      assert.equal(await store.putCheckpoint(VAULT, checkpoint), false, 'its pieces are gone too');
      await store.putPiece(VAULT, 'a', body(7));
      assert.equal(await store.putCheckpoint(VAULT, { ...checkpoint, seq: 1 }), true);
    });

    test('keeps settings', async () => {
      await store.putSetting('theme', 'dark');
      await store.putSetting('theme', '');
      assert.equal(await reopen().setting('theme'), '');
    });

    test('of vaults that are not to be kept heads and cache are forgotten, and nothing else', async () => {
      for (const vault of [VAULT, OTHER]) {
        await store.pinHead(vault, { seq: 5, hash: hash('5') }, []);
        await store.cacheEntries(vault, 1, [body(1), body(2)]);
        await store.putPiece(vault, 'a', body(7));
        await store.putCheckpoint(vault, { seq: 1, hash: hash('1'), head: body(5), pieces: ['a'] });
      }
      await store.save(await deviceRecord('device'));
      await store.putSetting('theme', 'dark');
      await store.keepVaults([VAULT]);
      const seen = reopen();
      const of = async (vault: string) => [
        (await seen.pinnedHead(vault))?.seq,
        (await seen.cachedEntries(vault, 1)).length,
        (await seen.checkpoint(vault))?.pieces.size,
      ];
      assert.deepEqual(await of(VAULT), [5, 1, 1]);
      assert.deepEqual(await of(OTHER), [undefined, 0, undefined]);
      assert.deepEqual([(await seen.load())?.name, await seen.setting('theme')], ['device', 'dark']);
    });

    test('clear forgets everything, and the store works on', async () => {
      await store.save(await deviceRecord('device'));
      await store.pinHead(VAULT, { seq: 5, hash: hash('5') }, []);
      await store.cacheEntries(VAULT, 1, [body(1)]);
      await store.putSetting('theme', 'dark');
      await store.clear();
      const seen = reopen();
      assert.equal(await seen.load(), null);
      assert.equal(await seen.pinnedHead(VAULT), null);
      assert.deepEqual(await seen.cachedEntries(VAULT, 0), []);
      assert.equal(await seen.setting('theme'), null);
      await store.pinHead(VAULT, { seq: 1, hash: hash('1') }, []);
      assert.deepEqual(await seen.pinnedHead(VAULT), { seq: 1, hash: hash('1') });
    });
  });
}

/** What every MetadataStore promises: each method is one transaction, and the rules of the domain hold inside it. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Append, LinkPolicy, MetadataStore, NewAccount, SessionRecord } from '../../server/domain/index.ts';
import { DAY_MS, DEVICE_SESSION_IDLE_MS, type Head, WEB_SESSION_IDLE_MS } from '../../shared/protocol/index.ts';

export interface MetadataStoreUnderTest {
  readonly store: MetadataStore;
  /** Closes it and opens it again on what it left. */
  reopen(): Promise<MetadataStore>;
  dispose(): Promise<void>;
}

const bytes = (length: number) => new Uint8Array(randomBytes(length));
const id = (length = 16) => randomBytes(length).toString('hex');
const hash = (text: string) => new Uint8Array(createHash('sha256').update(text).digest());
const NO_LIMIT = 1e15;
const NOW = Date.UTC(2026, 10, 21);

function newAccount(): NewAccount {
  const deviceId = id();
  const vault = (kind: 'account' | 'personal') => ({
    vaultId: id(),
    kind,
    genesis: bytes(1_024),
    head: { seq: 1, hash: id(32) },
  });
  return {
    accountId: id(),
    nameMac: bytes(32),
    record: bytes(192),
    day: 20_000,
    wraps: [
      { kind: 1, epoch: 1, credentialId: bytes(0), blob: bytes(100) },
      { kind: 2, epoch: 1, credentialId: bytes(0), blob: bytes(100) },
      { kind: 4, epoch: 1, credentialId: new Uint8Array(Buffer.from(deviceId, 'hex')), blob: bytes(100) },
    ],
    recovery: { lookup: id(), publicKey: bytes(32) },
    device: { deviceId, publicKey: bytes(32), half: bytes(32) },
    vaults: [vault('account'), vault('personal')],
  };
}

function session(accountId: string, change: Partial<SessionRecord> = {}): SessionRecord {
  return {
    sessionId: id(),
    accountId,
    client: 'extension',
    deviceId: null,
    createdAt: NOW,
    lastSeenAt: NOW,
    ...change,
  };
}

export function metadataStoreContract(name: string, create: () => Promise<MetadataStoreUnderTest>): void {
  describe(`${name} is a MetadataStore`, () => {
    let under: MetadataStoreUnderTest;
    let store: MetadataStore;
    let account: NewAccount;
    let vault: NewAccount['vaults'][number];

    beforeEach(async () => {
      under = await create();
      store = under.store;
      account = newAccount();
      vault = account.vaults[1] as typeof vault;
      assert.equal(await store.createAccount(account), 'created');
    });
    afterEach(() => under.dispose());

    const append = (expected: Head, head: Head, change: Partial<Append> = {}) =>
      store.append({
        accountId: account.accountId,
        vaultId: vault.vaultId,
        expected,
        head,
        bodies: [bytes(1_024)],
        requires: [],
        day: 20_001,
        byteLimit: NO_LIMIT,
        ...change,
      });
    const used = async () => (await store.accountById(account.accountId))?.usedBytes;
    const addPack = (packId: string, vaultId = vault.vaultId) =>
      store.addPack({ accountId: account.accountId, vaultId, packId, size: 65_536, day: 20_001 });
    const link = async (policy: Partial<LinkPolicy> = {}) => {
      const made = {
        lookup: id(),
        accountId: account.accountId,
        vaultId: vault.vaultId,
        authHash: bytes(32),
        record: bytes(1_110),
        createdDay: 20_001,
        expiresDay: null,
        maxDownloads: null,
        ...policy,
      };
      assert.equal(await store.createLink(made, NO_LIMIT), 'created');
      return made;
    };

    it('gives an account back whole, also after it was opened again', async () => {
      for (const open of [async () => store, under.reopen]) {
        const again = await open();
        const found = await again.accountByName(account.nameMac);
        assert.deepEqual(found, {
          accountId: account.accountId,
          nameMac: account.nameMac,
          record: account.record,
          createdDay: 20_000,
          usedBytes: 2_048,
          packs: 0,
        });
        assert.deepEqual(await again.accountById(account.accountId), found);
        const { lookup, publicKey } = account.recovery;
        assert.deepEqual(await again.recoveryByLookup(lookup), { accountId: account.accountId, publicKey });
        const { deviceId } = account.device;
        assert.deepEqual(await again.deviceById(deviceId), { accountId: account.accountId, ...account.device });
        assert.deepEqual(await again.wrapsOf(account.accountId, deviceId), account.wraps);
        assert.deepEqual(await again.wrapsOf(account.accountId, null), account.wraps.slice(0, 2));
        const vaults = account.vaults.map(({ vaultId, kind, head }) => ({ vaultId, kind, head }));
        assert.deepEqual(await again.vaultsOf(account.accountId), vaults);
        assert.deepEqual(await again.entries(vault.vaultId, 0, 10, NO_LIMIT), [{ body: vault.genesis, day: 20_000 }]);
      }
    });

    it('creates an account once among many at once, and none with an id that is taken', async () => {
      const other = newAccount();
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => store.createAccount(other)));
      assert.deepEqual(outcomes.toSorted(), ['created', ...Array(9).fill('name-taken')]);
      const clashes: Partial<NewAccount>[] = [
        { accountId: account.accountId },
        { recovery: account.recovery },
        { device: account.device },
        { vaults: account.vaults },
      ];
      for (const clash of clashes) {
        const fresh = { ...newAccount(), ...clash };
        assert.equal(await store.createAccount(fresh), 'exists');
        assert.equal(await store.accountByName(fresh.nameMac), null);
      }
    });

    it('is tied to secrets once it has an account', async () => {
      const check = bytes(32);
      assert.equal(await store.bind(check), false, 'nothing was bound while it was empty');
      const fresh = await create();
      assert.equal(await fresh.store.isEmpty(), true);
      assert.equal(await fresh.store.bind(bytes(32)), true);
      assert.equal(await fresh.store.bind(check), true);
      await fresh.store.createAccount(newAccount());
      assert.equal(await fresh.store.isEmpty(), false);
      assert.equal(await fresh.store.bind(check), true);
      assert.equal(await fresh.store.bind(bytes(32)), false);
      await fresh.dispose();
    });

    it('replaces record and wrap together, and keeps one session and its device', async () => {
      const other = { deviceId: id(), publicKey: bytes(32), half: bytes(32) };
      const [kept, ended] = [
        session(account.accountId, { deviceId: account.device.deviceId }),
        session(account.accountId),
      ];
      await store.openSession(kept, hash('kept'), 4);
      await store.openSession(ended, hash('ended'), 4);
      const otherWrap = { kind: 4, epoch: 1, credentialId: Buffer.from(other.deviceId, 'hex'), blob: bytes(100) };
      assert.equal(await store.addDevice(ended, other, otherWrap, 9), 'added');
      const record = bytes(192);
      const wrap = { kind: 1, epoch: 2, credentialId: bytes(0), blob: bytes(100) };
      assert.equal(await store.replacePassword(account.accountId, record, wrap, kept.sessionId), true);
      assert.deepEqual((await store.accountById(account.accountId))?.record, record);
      assert.deepEqual((await store.wrapsOf(account.accountId, null))[0], wrap);
      assert.deepEqual(await store.sessionByToken(hash('kept')), kept);
      assert.equal(await store.sessionByToken(hash('ended')), null);
      assert.equal(await store.deviceById(other.deviceId), null);
      assert.notEqual(await store.deviceById(account.device.deviceId), null);
      assert.equal(await store.replacePassword(account.accountId, bytes(192), wrap, ended.sessionId), false);
      assert.deepEqual((await store.accountById(account.accountId))?.record, record, 'not by a session that has ended');
      assert.deepEqual(await store.sessionByToken(hash('kept')), kept);
    });

    it('finds, touches and ends sessions, and forgets the device of one that is ended', async () => {
      const { deviceId } = account.device;
      const opened = session(account.accountId, { deviceId });
      await store.openSession(opened, hash('a'), 4);
      await store.touchSession(opened.sessionId, NOW + 5);
      assert.deepEqual(await store.sessionByToken(hash('a')), { ...opened, lastSeenAt: NOW + 5 });
      assert.equal(await store.endSession(id(), opened.sessionId), false);
      assert.equal(await store.endSession(account.accountId, opened.sessionId), true);
      assert.equal(await store.endSession(account.accountId, opened.sessionId), false);
      assert.equal(await store.deviceById(deviceId), null);
      assert.deepEqual(await store.wrapsOf(account.accountId, deviceId), account.wraps.slice(0, 2));
    });

    it('forgets dead sessions when another opens, and the oldest of a device', async () => {
      const { deviceId } = account.device;
      const dead = session(account.accountId, { client: 'web' });
      await store.openSession(dead, hash('dead'), 4);
      for (let i = 0; i < 5; i++) {
        const at = NOW + WEB_SESSION_IDLE_MS + i;
        await store.openSession(
          session(account.accountId, { deviceId, createdAt: at, lastSeenAt: at }),
          hash(`${i}`),
          3,
        );
      }
      const left = await store.sessionsOf(account.accountId);
      assert.deepEqual(
        left.map(({ createdAt }) => createdAt - NOW - WEB_SESSION_IDLE_MS),
        [4, 3, 2],
      );
      const late = NOW + WEB_SESSION_IDLE_MS + DEVICE_SESSION_IDLE_MS + 10;
      await store.openSession(session(account.accountId, { createdAt: late, lastSeenAt: late }), hash('late'), 3);
      assert.equal((await store.sessionsOf(account.accountId)).length, 1);
    });

    it('adds devices up to a number', async () => {
      const opened = session(account.accountId);
      await store.openSession(opened, hash('a'), 4);
      const device = { deviceId: id(), publicKey: bytes(32), half: bytes(32) };
      const credentialId = new Uint8Array(Buffer.from(device.deviceId, 'hex'));
      const wrap = { kind: 4, epoch: 1, credentialId, blob: bytes(10) };
      assert.equal(await store.addDevice(opened, device, wrap, 1), 'too-many');
      assert.equal(await store.addDevice(opened, device, wrap, 2), 'added');
      assert.equal(await store.addDevice(opened, device, wrap, 9), 'exists');
      assert.equal((await store.sessionByToken(hash('a')))?.deviceId, device.deviceId);
      assert.deepEqual((await store.wrapsOf(account.accountId, device.deviceId)).at(-1), wrap);
      assert.equal(await store.addDevice(session(account.accountId), device, wrap, 9), 'session-ended');
    });

    it('moves a head for one of many at once', async () => {
      const heads = Array.from({ length: 20 }, () => ({ seq: 2, hash: id(32) }));
      const outcomes = await Promise.all(heads.map((head) => append(vault.head, head)));
      const won = outcomes.flatMap(({ outcome }, i) => (outcome === 'appended' ? [i] : []));
      assert.equal(won.length, 1);
      const head = heads[won[0] ?? -1];
      assert.deepEqual((await store.vaultOf(account.accountId, vault.vaultId))?.head, head);
      assert.ok(
        outcomes.every((o) => o.outcome === 'appended' || (o.outcome === 'head-moved' && o.head.hash === head?.hash)),
      );
      assert.equal((await store.entries(vault.vaultId, 1, 10, NO_LIMIT)).length, 1);
      assert.equal(await store.vaultOf(id(), vault.vaultId), null);
    });

    it('appends all bodies or none, and charges for them', async () => {
      const head = { seq: 3, hash: id(32) };
      const bodies = [bytes(1_024), bytes(4_096)];
      const packId = id(32);
      const missing = await append(vault.head, head, { bodies, requires: [packId] });
      assert.deepEqual(missing, { outcome: 'packs-missing', missing: [packId] });
      const over = await append(vault.head, head, { bodies, byteLimit: 2_048 + 5_119 });
      assert.equal(over.outcome, 'quota-exceeded');
      assert.equal((await store.entries(vault.vaultId, 1, 10, NO_LIMIT)).length, 0);
      assert.equal(await used(), 2_048);
      await addPack(packId);
      const done = await append(vault.head, head, { bodies, requires: [packId], byteLimit: 2_048 + 65_536 + 5_120 });
      assert.equal(done.outcome, 'appended');
      assert.equal(await used(), 2_048 + 65_536 + 5_120);
      const read = await store.entries(vault.vaultId, 1, 10, NO_LIMIT);
      assert.deepEqual(
        read,
        bodies.map((body) => ({ body, day: 20_001 })),
      );
    });

    it('pages entries by number and by bytes, one at least', async () => {
      const sizes = [1_024, 4_096, 1_024, 16_384];
      await append(vault.head, { seq: 5, hash: id(32) }, { bodies: sizes.map(bytes) });
      await fc.assert(
        fc.asyncProperty(
          fc.nat({ max: 5 }),
          fc.integer({ min: 1, max: 6 }),
          fc.nat({ max: 30_000 }),
          async (after, limit, most) => {
            const all = [1_024, ...sizes].slice(after, after + limit);
            let sum = 0;
            const fitting = all.filter((size, i) => {
              sum += size;
              return i === 0 || sum <= most;
            });
            const page = await store.entries(vault.vaultId, after, limit, most);
            assert.deepEqual(
              page.map(({ body }) => body.length),
              fitting,
            );
          },
        ),
      );
    });

    it('counts a pack once, and lists every pack once', async () => {
      const packId = id(32);
      assert.equal(await store.packSize(vault.vaultId, packId), null);
      await Promise.all(Array.from({ length: 10 }, () => addPack(packId)));
      assert.equal(await used(), 2_048 + 65_536);
      assert.equal((await store.accountById(account.accountId))?.packs, 1);
      assert.equal(await store.packSize(vault.vaultId, packId), 65_536);
      const other = account.vaults[0]?.vaultId ?? '';
      assert.equal(await store.packSize(other, packId), null);
      await addPack(packId, other);
      const ids = [packId, id(32), id(32)];
      for (const more of ids) await addPack(more);
      const sorted = ids.toSorted();
      assert.deepEqual(await store.missingPacks(vault.vaultId, [id(32), ...ids]).then((m) => m.length), 1);
      const first = await store.packs('', 2);
      assert.deepEqual(
        first.map((pack) => pack.packId),
        sorted.slice(0, 2),
      );
      assert.deepEqual(await store.packs(sorted[1] ?? '', 2), [{ packId: sorted[2], size: 65_536 }]);
    });

    it('keeps links to their owner, and charges for their records', async () => {
      const made = await link({ maxDownloads: 3 });
      assert.equal(await store.createLink(made, NO_LIMIT), 'exists');
      assert.equal(await store.createLink({ ...made, lookup: id() }, 2_048 + 1_110 + 1_109), 'quota-exceeded');
      assert.equal(await used(), 2_048 + 1_110);
      const { authHash, record } = made;
      assert.deepEqual(await store.linkContent(account.accountId, made.lookup), { authHash, record });
      assert.equal(await store.linkContent(id(), made.lookup), null);
      assert.equal((await store.linksOf(account.accountId)).length, 1);
      assert.deepEqual(await store.linksOf(id()), []);
      const policy = { expiresDay: 1, maxDownloads: null };
      assert.equal(await store.setLinkPolicy(id(), made.lookup, policy), false);
      assert.equal(await store.setLinkPolicy(account.accountId, made.lookup, policy), true);
      assert.equal((await store.linksOf(account.accountId))[0]?.expiresDay, 1);
      assert.equal(await store.deleteLink(id(), made.lookup), false);
      assert.equal(await store.deleteLink(account.accountId, made.lookup), true);
      assert.equal(await used(), 2_048);
    });

    it('counts wrong proofs, whatever comes at once, and forgets them with a new policy', async () => {
      const made = await link();
      const proof = (authHash: Uint8Array<ArrayBuffer>, now = NOW) =>
        store.proveLink({ lookup: made.lookup, authHash, now, ticketHash: null });
      const outcomes = await Promise.all(Array.from({ length: 30 }, () => proof(bytes(32))));
      assert.equal(outcomes.filter(({ outcome }) => outcome === 'wrong').length, 10);
      assert.equal((await proof(made.authHash)).outcome, 'locked');
      assert.equal((await proof(made.authHash, NOW + 3_600_000)).outcome, 'proven');
      assert.equal((await store.linksOf(account.accountId))[0]?.failures, 10);
      await store.setLinkPolicy(account.accountId, made.lookup, { expiresDay: null, maxDownloads: null });
      assert.equal((await proof(made.authHash)).outcome, 'proven');
      assert.equal((await store.linksOf(account.accountId))[0]?.failures, 0);
      const expired = await link({ expiresDay: Math.floor(NOW / DAY_MS) - 1 });
      const late = { lookup: expired.lookup, authHash: expired.authHash, now: NOW, ticketHash: null };
      assert.equal((await store.proveLink(late)).outcome, 'gone');
      assert.equal((await store.proveLink({ ...late, lookup: id() })).outcome, 'gone');
    });

    it('holds the number of downloads under any order of tickets, ends and idleness', async () => {
      const step = fc.constantFrom('take', 'take', 'fetch', 'complete', 'settle');
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), async (steps, most) => {
          const made = await link({ maxDownloads: most });
          let now = NOW;
          let live: { hash: Uint8Array<ArrayBuffer>; fetched: boolean }[] = [];
          let [received, abandoned] = [0, 0];
          for (const what of steps) {
            now += 1_000;
            const first = live[0];
            if (what === 'take') {
              const ticketHash = bytes(32);
              const { outcome } = await store.proveLink({
                lookup: made.lookup,
                authHash: made.authHash,
                now,
                ticketHash,
              });
              assert.equal(outcome, live.length + received + abandoned < most ? 'proven' : 'gone');
              if (outcome === 'proven') live.push({ hash: ticketHash, fetched: false });
            } else if (what === 'settle') {
              now += 10_000_000;
              await store.settleTickets(now - 3_600_000);
              abandoned += live.filter(({ fetched }) => fetched).length;
              live = [];
            } else if (first !== undefined && what === 'fetch') {
              assert.equal(await store.ticketVault(first.hash), vault.vaultId);
              await store.touchTicket(first.hash, now);
              first.fetched = true;
            } else if (first !== undefined) {
              assert.equal(await store.completeTicket(first.hash), true);
              assert.equal(await store.completeTicket(first.hash), false);
              received += 1;
              live.shift();
            }
          }
          const row = (await store.linksOf(account.accountId)).find(({ lookup }) => lookup === made.lookup);
          const counted = { received: row?.received, abandoned: row?.abandoned, running: row?.running };
          assert.deepEqual(counted, { received, abandoned, running: live.length });
          await store.deleteLink(account.accountId, made.lookup);
          for (const { hash: ticket } of live) assert.equal(await store.ticketVault(ticket), null);
        }),
        { numRuns: 30 },
      );
    });

    it('answers a probe', () => store.probe());
  });
}

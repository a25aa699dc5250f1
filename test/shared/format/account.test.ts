/**
 * A whole account as it was stored by the first version of the format, frozen. It is read by the product and by a reader
 * that knows only docs/format.md; both must find the same, for ever.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Bytes, fromBase64url, fromHex, toHex } from '../../../shared/bytes/index.ts';
import {
  accountLogKey,
  decodeFragment,
  domainKeys,
  linkKeys,
  recoveryKek,
  recoveryKeyOfWords,
  recoveryProof,
  signingPairOfSeed,
  unwrapRootKey,
  vaultKeys,
} from '../../../shared/crypto/index.ts';
import { GRANT, openLinkRecord, readPackFooter } from '../../../shared/format/index.ts';
import { planShare, planVersion, restoreStream } from '../../../shared/restorer/index.ts';
import {
  applyEntry,
  emptyState,
  fileByPath,
  type NodeState,
  type VaultState,
  verifyNext,
  versionsOf,
} from '../../../shared/vault/index.ts';
import * as independent from '../../support/independent-reader.ts';

interface Vault {
  vaultId: string;
  head: { seq: number; hash: string };
  entries: string[];
}
interface Golden {
  words: string;
  recovery: { lookup: string; publicKey: string };
  accountId: string;
  rootKey: string;
  wrap: { kind: 2; epoch: number; credentialId: string; blob: string };
  vaults: { account: Vault; personal: Vault };
  packs: Record<string, string>;
  links: { fragment: string; password: string; lookup: string; auth: string; record: string }[];
  files: Record<string, string[]>;
  deleted: string[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('../../vectors/account.json', import.meta.url), 'utf8'));
const bodiesOf = (vault: Vault) => vault.entries.map(fromBase64url);
const packs = new Map(Object.entries(golden.packs).map(([id, pack]) => [id, fromBase64url(pack)]));
const expected = Object.entries(golden.files).map(([path, versions]) => [path, versions.map(fromBase64url)] as const);

test('the independent reader: from the words to every version of every file', () => {
  const { wrap, vaults } = golden;
  const key = recoveryKeyOfWords(golden.words);
  const lookup = independent.derive(key, 16, 'ebk1/rk/lookup');
  assert.equal(lookup.toString('hex'), golden.recovery.lookup);
  const kek = independent.derive(key, 32, 'ebk1/kek/recovery');
  const credentialId = fromBase64url(wrap.credentialId);
  const blob = fromBase64url(wrap.blob);
  const ark = independent.openWrap(kek, fromHex(golden.accountId), wrap.kind, wrap.epoch, credentialId, blob);
  assert.equal(ark.toString('hex'), golden.rootKey);
  const accountKey = independent.derive(ark, 32, 'ebk1/ark/log');
  const account = independent.readLog(fromHex(vaults.account.vaultId), accountKey, bodiesOf(vaults.account));
  assert.deepEqual(account.head, vaults.account.head);
  const grant = (purpose: number) =>
    account.grants.findLast((each) => each.purpose === purpose) as (typeof account.grants)[0];
  const secret = grant(2);
  assert.equal(secret.subject.toString('hex'), vaults.personal.vaultId);
  const domain = { id: grant(3).subject, secret: grant(3).key };
  const logKey = independent.derive(secret.key, 32, 'ebk1/vault/log');
  const log = independent.readLog(fromHex(vaults.personal.vaultId), logKey, bodiesOf(vaults.personal));
  assert.deepEqual(log.head, vaults.personal.head);
  assert.deepEqual(log.genesis.get(2), account.genesis.get(2));

  const pathOf = ({ parent, name }: independent.Node): string => {
    const above = log.nodes.get(parent);
    return above === undefined ? name : `${pathOf(above)}/${name}`;
  };
  const files = [...log.nodes.values()].filter(
    (node) => node.versions.some((version) => version.size > 0) || node.name === 'empty',
  );
  const live = files.filter((node) => !node.deleted);
  const read = live.map((node) => [
    pathOf(node),
    node.versions.map((version) => Buffer.from(independent.readVersion(log, packs, domain, version))),
  ]);
  assert.deepEqual(
    new Map(read as never),
    new Map(expected.map(([path, versions]) => [path, versions.map((each) => Buffer.from(each))])),
  );
  assert.deepEqual(
    files
      .filter((node) => node.deleted)
      .map(pathOf)
      .sort(),
    golden.deleted,
  );

  const indexKey = independent.derive(secret.key, 32, 'ebk1/vault/index');
  for (const [id, pack] of packs) {
    for (const [cid, off, len] of independent.readFooter(indexKey, domain, pack)) {
      const { salt: _, ...place } = log.index.get(cid) as { pack: string; off: number; len: number; salt: Buffer };
      assert.deepEqual(place, { pack: id, off, len });
    }
  }
});

test('the independent reader: both links', () => {
  for (const { fragment, password, lookup, auth, record } of golden.links) {
    const keys = independent.linkKeys(fragment, password);
    assert.deepEqual([keys.lookup.toString('hex'), keys.auth.toString('hex')], [lookup, auth]);
    const files = independent.readLink(keys.enc, keys.lookup, fromBase64url(record), packs);
    for (const [path, bytes] of files) assert.deepEqual(bytes, Buffer.from(newest(path)), path);
    assert.ok(files.size > 0);
  }
});

const newest = (path: string): Bytes => expected.find(([each]) => each === path)?.[1].at(-1) as Bytes;

async function stateOf(vault: Vault, logKey: Bytes): Promise<VaultState> {
  const state = emptyState();
  for (const body of bodiesOf(vault)) {
    const { entry, hash } = await verifyNext(state, fromHex(vault.vaultId), logKey, body);
    applyEntry(state, entry, state.seq + 1, hash);
  }
  assert.deepEqual({ seq: state.seq, hash: toHex(state.hash) }, vault.head);
  return state;
}

const readPack = async (id: string, { start, end }: { start: number; end: number }) =>
  (packs.get(id) as Bytes).slice(start, end);

async function collect(set: Parameters<typeof restoreStream>[0]): Promise<Buffer> {
  const parts: Bytes[] = [];
  for await (const part of restoreStream(set, readPack, new AbortController().signal)) parts.push(part);
  return Buffer.concat(parts);
}

test('the product reads the same', async () => {
  const { wrap, vaults, accountId } = golden;
  const key = recoveryKeyOfWords(golden.words);
  const proof = await recoveryProof(key);
  assert.deepEqual(
    { lookup: toHex(proof.lookup), publicKey: toHex((await signingPairOfSeed(proof.seed)).publicKey) },
    golden.recovery,
  );
  const context = {
    accountId: fromHex(accountId),
    kind: wrap.kind,
    epoch: wrap.epoch,
    credentialId: fromBase64url(wrap.credentialId),
  };
  const rootKey = await unwrapRootKey(await recoveryKek(key), context, fromBase64url(wrap.blob));
  const account = await stateOf(vaults.account, await accountLogKey(rootKey));
  const grant = (purpose: number) =>
    account.grants.findLast((each) => each.purpose === purpose) as (typeof account.grants)[0];
  const secrets = await vaultKeys(grant(GRANT.vaultSecret).key);
  const domain = await domainKeys(grant(GRANT.domainSecret).key, grant(GRANT.domainSecret).subject);
  const state = await stateOf(vaults.personal, secrets.log);
  for (const [path, versions] of expected) {
    const folders = path.split('/');
    const name = folders.pop() as string;
    const known = versionsOf(state, fileByPath(state, folders, name) as NodeState);
    assert.equal(known.length, versions.length, path);
    for (const [i, bytes] of versions.entries()) {
      const set = planVersion({ state, keys: domain }, toHex(known[i]?.versionId as Bytes));
      assert.deepEqual(await collect(set), Buffer.from(bytes), path);
    }
  }
  for (const pack of packs.values()) assert.ok((await readPackFooter(domain, secrets.index, pack)).length > 0);
  for (const { fragment, password, lookup, record } of golden.links) {
    const keys = await linkKeys(decodeFragment(fragment), password);
    const opened = await openLinkRecord(keys.enc, fromHex(lookup), fromBase64url(record));
    for (const [i, file] of opened.manifest.files.entries()) {
      assert.deepEqual(await collect(planShare(opened, i)), Buffer.from(newest(file.path.join('/'))));
    }
  }
});

/** Messages: only our own pages, only the contract, only for whom they are meant. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addresseeOf, MESSAGE_VERSION, type Message } from '../../extension/messaging/contract.ts';
import { type Answers, createReceiver, createSend } from '../../extension/messaging/index.ts';
import { parseEnvelope } from '../../extension/messaging/parse.ts';
import { HoldfastError } from '../../shared/errors/index.ts';

const SELF = { id: 'ourselves', origin: 'chrome-extension://ourselves/' };
const OWN_PAGE = { id: 'ourselves', url: 'chrome-extension://ourselves/popup.html' };
const ID = '0123456789abcdef0123456789abcdef';
const MESSAGES: readonly Message[] = [
  { type: 'wake' },
  { type: 'pause' },
  { type: 'resume' },
  { type: 'cancel', ids: [ID] },
  { type: 'cancel-all' },
  { type: 'retry', ids: [] },
  { type: 'retry-all' },
  { type: 'forget-drops', ids: [ID] },
  { type: 'release', reason: 'permission', sourceId: ID },
  { type: 'release', reason: 'auth', sourceId: null },
  {
    type: 'capture-web',
    tabId: 3,
    capture: {
      request: { url: 'https://a.test/', kind: 'page', title: null, fileName: null, length: null },
      path: ['Web', 'a.test'],
      name: 'a.test',
    },
  },
  { type: 'account', account: null },
  { type: 'account', account: { id: ID, name: 'ada' } },
  { type: 'take-over' },
  { type: 'discard' },
  { type: 'limits', uploadLimit: 500_000, waitOnMetered: true },
  { type: 'limits', uploadLimit: null, waitOnMetered: false },
  { type: 'engine-wake' },
  { type: 'engine-report', report: { type: 'alive' } },
  { type: 'engine-report', report: { type: 'idle' } },
  { type: 'engine-report', report: { type: 'fault', code: 'E_DISK_FULL' } },
];
const enveloped = (message: Message) => ({ holdfast: MESSAGE_VERSION, to: addresseeOf(message.type), message });
const answers: Answers = { wake: async () => null, pause: () => Promise.reject(new HoldfastError('E_LOCKED', 'no')) };

test('every message of the contract is understood', () => {
  for (const message of MESSAGES) assert.deepEqual(parseEnvelope(enveloped(message))?.message, message);
});

test('anything else is not: another version, addressee, type, or a field too many, too few or of another kind', () => {
  for (const message of MESSAGES) {
    const good = enveloped(message);
    const other = good.to === 'engine' ? 'background' : 'engine';
    assert.equal(parseEnvelope({ ...good, holdfast: MESSAGE_VERSION + 1 }), null);
    assert.equal(parseEnvelope({ ...good, to: other }), null);
    assert.equal(parseEnvelope({ ...good, extra: 1 }), null);
    assert.equal(parseEnvelope({ ...good, message: { ...message, extra: 1 } }), null);
    for (const name of Object.keys(message)) {
      const { [name]: _, ...less } = { ...message } as Record<string, unknown>;
      assert.equal(parseEnvelope({ ...good, message: less }), null);
      assert.equal(parseEnvelope({ ...good, message: { ...message, [name]: [7] } }), null);
    }
  }
  fc.assert(fc.property(fc.anything(), (value) => assert.equal(parseEnvelope(value), null)));
  assert.equal(parseEnvelope({ ...enveloped({ type: 'wake' }), message: { type: 'constructor' } }), null);
  assert.equal(parseEnvelope(enveloped({ type: 'cancel', ids: ['../x'] })), null);
  assert.equal(parseEnvelope(enveloped({ type: 'limits', uploadLimit: 0, waitOnMetered: true })), null);
});

test('a sender that is not one of our own pages is not heard', () => {
  const receive = createReceiver('background', SELF, answers);
  const message = enveloped({ type: 'wake' });
  for (const sender of [
    {},
    { id: 'ourselves' },
    { id: 'another', url: OWN_PAGE.url },
    { id: 'ourselves', url: 'https://site.test/' },
    { id: 'ourselves', url: 'chrome-extension://ourselves.evil.test/' },
    { id: 'another', url: 'chrome-extension://another/popup.html' },
  ]) {
    assert.equal(receive(message, sender), undefined, JSON.stringify(sender));
  }
  assert.notEqual(receive(message, OWN_PAGE), undefined);
});

test('what this context does not answer is left to another', () => {
  const receive = createReceiver('background', SELF, answers);
  assert.equal(receive(enveloped({ type: 'engine-wake' }), OWN_PAGE), undefined);
  assert.equal(receive(enveloped({ type: 'resume' }), OWN_PAGE), undefined);
});

test('a reply comes back as a value, a failure as its code', async () => {
  const receive = createReceiver('background', SELF, answers);
  const send = createSend(async (envelope) => structuredClone(await receive(structuredClone(envelope), OWN_PAGE)));
  assert.equal(await send({ type: 'wake' }), null);
  await assert.rejects(send({ type: 'pause' }), (error) => error instanceof HoldfastError && error.code === 'E_LOCKED');
  await assert.rejects(
    send({ type: 'resume' }),
    (error) => error instanceof HoldfastError && error.code === 'E_INTERNAL',
  );
});

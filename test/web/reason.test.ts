/** What the sign-in screen says above its form: nothing of a server that was not chosen, or no longer is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonOf, type SignedOut } from '../../web/routes/sign-in/reason.ts';

const A = { url: 'https://a.example.org', registrationOpen: true };
const B = { url: 'https://b.example.org', registrationOpen: true };
const out = (server: SignedOut['server'], reason: SignedOut['reason']): SignedOut => ({
  state: 'signed-out',
  server,
  reason,
});

test('a reason is that of the server it is about', () => {
  assert.equal(reasonOf(out(A, 'E_SESSION'), { ...A }, true), 'E_SESSION');
  assert.equal(reasonOf(out(A, 'E_SESSION'), B, true), null);
  assert.equal(reasonOf(out(A, null), A, true), null);
});

test('where one can be chosen and none was, nothing failed; where none can, it does not answer', () => {
  assert.equal(reasonOf(out(null, 'E_OFFLINE'), null, true), null);
  assert.equal(reasonOf(out(null, 'E_OFFLINE'), A, true), null);
  assert.equal(reasonOf(out(null, null), null, false), 'E_OFFLINE');
});

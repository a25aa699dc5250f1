/**
 * Back in without the password: the twelve words, a new password, the old one refused, and a device signed out from
 * elsewhere that says so. The steps build on one another.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { ChromiumRig } from '../support/browser/index.ts';
import { TestServer } from '../support/server.ts';
import * as person from './support/journey.ts';

let server: TestServer;
let home: ChromiumRig;
let away: ChromiumRig;
let page: Page;
let ada: person.Person;
let newPassword: string;

before(async () => {
  server = await TestServer.start();
  [home, away] = await Promise.all([ChromiumRig.launch({ extension: null }), ChromiumRig.launch({ extension: null })]);
  page = await home.open(server.app);
});

after(async () => {
  for (const rig of [home, away]) await rig?.close();
  await server?.dispose();
});

test('sign up, and sign out', async () => {
  ada = await person.signUp(page, 'Ada who forgets');
  await person.signOut(page);
});

test('words that are not hers are refused in plain words', async () => {
  const [first = '', ...rest] = ada.words;
  await person.submitWords(page, { name: ada.name, words: [...rest, first] });
  await page.getByText(/These recovery words are not right|The name or the password is not right/).waitFor();
  await person.submitWords(page, { name: ada.name, words: [...rest.slice(0, -1), 'holdfast', first] });
  await page.getByText('These recovery words are not right.').waitFor();
});

test('the twelve words open the account, which asks for a new password', async () => {
  await person.submitWords(page, ada);
  await person.signedIn(page);
  await page.getByText('You signed in with recovery words').waitFor();
  newPassword = await person.setPassword(page);
  assert.notEqual(newPassword, ada.password);
  assert.equal(await page.getByText('You signed in with recovery words').count(), 0);
  await person.signOut(page);
});

test('the old password is refused, the new one opens', async () => {
  await person.submitSignIn(page, ada);
  await page.getByText('The name or the password is not right.').waitFor();
  await person.signIn(page, { name: ada.name, password: newPassword });
});

test('a second device is listed, signed out, and says so', async () => {
  const other = await away.open(server.app);
  await person.signIn(other, { name: ada.name, password: newPassword });
  await person.goTo(page, 'Account');
  const signOutOther = page.getByRole('button', { name: /^Sign out Web browser/ });
  await signOutOther.waitFor();
  assert.equal(await signOutOther.count(), 1);
  await page.getByText('This device').waitFor();
  await signOutOther.click();
  await page.getByText('That device is signed out').waitFor();
  await signOutOther.waitFor({ state: 'detached' });

  await other.getByRole('button', { name: 'Check for changes' }).click();
  await other.getByText('You were signed out.').waitFor();
  await other.getByText(/Sign in again to go on/).waitFor();
  await person.signIn(other, { name: ada.name, password: newPassword });
});

/** What a person does on the app's screens in Firefox; see journey.ts for the same in Chromium. */
import assert from 'node:assert/strict';
import type { FirefoxTab } from '../../support/browser/index.ts';
import { until } from '../../support/waiting.ts';
import type { Person } from './journey.ts';

const button = (name: string) => ({ role: 'button', name });

export async function chooseServer(tab: FirefoxTab, url: string): Promise<void> {
  const field = 'input[name=server]';
  await until('the line of the server', () =>
    tab.evaluate('() => document.querySelector(".server-line, .server-form")'),
  );
  if ((await tab.text(field)) === null) await tab.click(button('Change server'));
  await tab.type(field, url);
  await tab.click(button('Use this server'));
  await tab.waitForText('.server-line', url);
}

export async function signUp(tab: FirefoxTab, name: string): Promise<Person> {
  await tab.click({ role: 'radio', name: 'Create account' });
  await tab.type('input[name=username]', name);
  const password = await tab.waitForText('.phrase', /^[a-z]+(-[a-z]+){4,}$/);
  await tab.click(button('Continue'));
  await tab.waitForText('h1', 'Your recovery words');
  const words = await tab.evaluate<string[]>(
    '() => Array.from(document.querySelectorAll("ol li"), (li) => li.innerText)',
  );
  assert.equal(words.length, 12);
  await tab.click(button('I have them on paper'));
  for (const at of [0, 1, 2]) {
    const field = `input[name=word-${at}]`;
    const label = await until(field, () =>
      tab.evaluate<string>('(s) => document.querySelector(s)?.labels[0].innerText', field),
    );
    await tab.type(field, words[Number(/\d+/.exec(label)?.[0]) - 1] as string);
  }
  await tab.click('form button[type=submit]');
  await signedIn(tab);
  return { name, password, words };
}

export async function signIn(tab: FirefoxTab, person: Pick<Person, 'name' | 'password'>): Promise<void> {
  await tab.type('input[name=username]', person.name);
  await tab.type('input[name=password]', person.password);
  await tab.click('form button[type=submit]');
  await signedIn(tab);
}

async function signedIn(tab: FirefoxTab): Promise<void> {
  await tab.waitForText('nav', 'Account', 30_000);
}

/** What a person does on the app's screens, the same in the web app and in the extension's full page. */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';

export interface Person {
  readonly name: string;
  readonly password: string;
  readonly words: readonly string[];
}

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });

/** In the extension: says which server, where the page does not show that one already. */
export async function chooseServer(page: Page, url: string): Promise<void> {
  const field = page.getByLabel('Server address');
  const change = button(page, 'Change server');
  await field.or(change).first().waitFor();
  if (await change.isVisible()) await change.click();
  await field.fill(url);
  await button(page, 'Use this server').click();
  await page.getByText(`Server: ${url}`).waitFor();
}

/** Creates an account with the generated passphrase, typing three words back. Ends signed in. */
export async function signUp(page: Page, name: string): Promise<Person> {
  await page.getByRole('radio', { name: 'Create account' }).check();
  await page.getByLabel('Name', { exact: true }).fill(name);
  const phrase = page.getByRole('status', { name: 'Your new password' }).filter({ hasText: /^[a-z]+(-[a-z]+){4,}$/ });
  const password = (await phrase.innerText()).trim();
  await button(page, 'Continue').click();
  const list = page.getByRole('list', { name: 'Recovery words' });
  await list.waitFor();
  const words = await list.getByRole('listitem').allInnerTexts();
  assert.equal(words.length, 12);
  await button(page, 'I have them on paper').click();
  for (const field of await page.getByLabel(/^Word \d+$/).all()) {
    const label = await field.evaluate((input: HTMLInputElement) => input.labels?.[0]?.textContent ?? '');
    const at = Number(/\d+/.exec(label)?.[0]) - 1;
    await field.fill(words[at] as string);
  }
  await button(page, 'Create account').last().click();
  await signedIn(page);
  return { name, password, words };
}

export async function signIn(page: Page, person: Pick<Person, 'name' | 'password'>): Promise<void> {
  await submitSignIn(page, person);
  await signedIn(page);
}

/** Fills the form and sends it, whatever comes of it. */
export async function submitSignIn(page: Page, person: Pick<Person, 'name' | 'password'>): Promise<void> {
  await page.getByRole('radio', { name: 'Sign in' }).check();
  await page.getByLabel('Name', { exact: true }).fill(person.name);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await button(page, 'Sign in').last().click();
}

/** Fills the form for the twelve words and sends it, whatever comes of it. */
export async function submitWords(page: Page, { name, words }: Pick<Person, 'name' | 'words'>): Promise<void> {
  const field = page.getByLabel('Twelve recovery words');
  const byWords = button(page, 'Use recovery words instead');
  await field.or(byWords).first().waitFor();
  if (await byWords.isVisible()) await byWords.click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await field.fill(words.join(' '));
  await button(page, 'Sign in').last().click();
}

/** Takes the suggested password in the dialog that is open, and answers it. */
export async function setPassword(page: Page): Promise<string> {
  const dialog = page.getByRole('dialog', { name: 'Set a new password' });
  const password = (await dialog.getByRole('status', { name: 'Your new password' }).innerText()).trim();
  assert.match(password, /^[a-z]+(-[a-z]+){4,}$/);
  await dialog.getByRole('button', { name: 'Save password' }).click();
  await page.getByText('Your new password is set').waitFor();
  return password;
}

export async function signOut(page: Page): Promise<void> {
  await goTo(page, 'Account');
  await button(page, 'Sign out').last().click();
  await page.getByRole('radio', { name: 'Sign in' }).waitFor();
}

export async function signedIn(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).first().waitFor({ timeout: 30_000 });
}

/** Goes to one of the app's screens by its navigation. */
export async function goTo(page: Page, screen: 'Files' | 'Links' | 'Account' | 'Backup'): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).first().getByRole('link', { name: screen }).click();
}

/** Opens the folders of a path one after the other, from the root. */
export async function openFolder(page: Page, ...path: readonly string[]): Promise<void> {
  await goTo(page, 'Files');
  for (const name of path) await page.getByRole('row', { name }).first().dblclick();
}

/** Restores the folder that is open as a ZIP and waits until it is verified. */
export async function restoreOpenFolder(page: Page): Promise<void> {
  await button(page, 'Restore as ZIP').click();
  await verified(page);
}

/** Selects a row by the name it shows and restores it. */
export async function restoreRow(page: Page, name: string): Promise<void> {
  await selectRow(page, name);
  await restoreBy(page, button(page, 'Restore'));
}

/** Presses a restore button and waits until what it restores is verified. */
export async function restoreBy(page: Page, press: Locator): Promise<void> {
  await press.click();
  await verified(page);
}

export async function selectRow(page: Page, name: string): Promise<void> {
  await page.getByRole('row', { name }).first().click();
  await page.getByRole('heading', { name: 'Details' }).waitFor();
}

async function verified(page: Page): Promise<void> {
  await page.getByText('every byte is what you backed up').last().waitFor({ timeout: 120_000 });
  await button(page, 'Clear finished').click();
}

/** Makes a link to what is selected or open, and answers its address. */
export async function createLink(
  page: Page,
  options: { password?: string; limit?: number; note?: string } = {},
): Promise<string> {
  await button(page, 'Create link').last().click();
  const dialog = page.getByRole('dialog', { name: 'Create a link' });
  if (options.password !== undefined) {
    await dialog.getByLabel('Ask for a password').check();
    await dialog.getByLabel('Password for the link').fill(options.password);
  }
  if (options.note !== undefined) await dialog.getByLabel('Note').fill(options.note);
  if (options.limit !== undefined) await dialog.getByLabel('Downloads allowed').fill(String(options.limit));
  await dialog.getByRole('button', { name: 'Create link' }).click();
  const ready = page.getByRole('dialog', { name: 'Your link is ready' });
  const url = await ready.getByLabel('Link', { exact: true }).inputValue();
  await ready.getByRole('button', { name: 'Done' }).click();
  return url;
}

export async function revokeFirstLink(page: Page): Promise<void> {
  await goTo(page, 'Links');
  await page
    .getByRole('button', { name: /^Actions for the link/ })
    .first()
    .click();
  await page.getByRole('menuitem', { name: 'Revoke link' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke link' }).click();
  await page.getByText('The link no longer works').waitFor();
}

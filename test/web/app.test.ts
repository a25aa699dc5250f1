/** The app's screens in a real Chromium, under the real policy, with a vault in memory behind the real calls. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { WORDS } from './fixtures/fake-vault.ts';
import { cutOff, openScreens, overflow, type Screens, signIn, unnamedControls, type Watched } from './screens.ts';

describe('the app', () => {
  let screens: Screens;
  let watched: Watched | undefined;
  before(async () => {
    screens = await openScreens('web');
  });
  after(() => screens.close());
  afterEach(async () => {
    const faults = watched?.faults ?? [];
    await watched?.page.context().close();
    watched = undefined;
    assert.deepEqual(faults, []);
  });
  const open = async (options?: { width?: number; dark?: boolean }): Promise<Page> => {
    watched = await screens.page(options);
    return watched.page;
  };

  test('an account is created in three steps, and nothing is skipped', async () => {
    const page = await open();
    await page.goto(screens.url);
    await page.getByRole('radio', { name: 'Create account' }).check();
    const phrase = page.getByRole('status', { name: 'Your new password' });
    await phrase.getByText('wagon').waitFor();
    await page.getByRole('button', { name: 'New words' }).click();
    await phrase.getByText('quartz').waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Please fill this in.').waitFor();
    await page.getByLabel('Name').fill('ana');
    await page.getByRole('button', { name: 'Continue' }).click();
    const words = page.getByRole('list', { name: 'Recovery words' }).getByRole('listitem');
    assert.deepEqual(await words.allInnerTexts(), WORDS);
    await page.getByRole('button', { name: 'on paper' }).click();
    for (const [label, word] of [
      ['Word 2', 'velvet'],
      ['Word 5', 'nope'],
      ['Word 11', 'walnut'],
    ] as const) {
      await page.getByLabel(label, { exact: true }).fill(word);
    }
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('E_RECOVERY_WORDS').waitFor();
    await page.getByLabel('Word 5', { exact: true }).fill('mimic');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('heading', { name: 'Nothing is backed up yet' }).waitFor();
  });

  test('a weak password of one’s own is not accepted, and the field says why', async () => {
    const page = await open();
    await page.goto(screens.url);
    await page.getByRole('radio', { name: 'Create account' }).check();
    await page.getByLabel('Name').fill('ana');
    await page.getByRole('button', { name: 'choose my own' }).click();
    const field = page.getByRole('textbox', { name: 'Choose a password' });
    await field.fill('short');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('at least 15 characters').first().waitFor();
    await field.fill('correct horse battery staple');
    await page.getByText('Strong').waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Your recovery words' }).waitFor();
  });

  test('what is typed and wrong stays, with a text that says what to do', async () => {
    const page = await open();
    await page.goto(screens.url);
    await page.getByLabel('Name').fill('ana');
    const password = page.getByLabel('Password', { exact: true });
    for (const [typed, code] of [
      ['wrong', 'E_CREDENTIALS'],
      ['offline', 'E_OFFLINE'],
    ] as const) {
      await password.fill(typed);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText(code).waitFor();
      assert.equal(await password.inputValue(), typed);
    }
    assert.equal(await password.getAttribute('autocomplete'), 'current-password');
  });

  test('recovery words sign in, and a new password is asked for at once', async () => {
    const page = await open();
    await page.goto(screens.url);
    await page.getByRole('button', { name: 'Use recovery words' }).click();
    await page.getByLabel('Name').fill('ana');
    await page.getByLabel('Twelve recovery words').fill(WORDS.map((word, at) => `${at + 1}. ${word}`).join('\n'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    const dialog = page.getByRole('dialog', { name: 'Set a new password' });
    await dialog.waitFor();
    await dialog.getByRole('button', { name: 'Save password' }).click();
    await page.getByText('Your new password is set').waitFor();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('This device').waitFor();
    await page.getByText('Firefox on Linux').waitFor({ state: 'detached' });
  });

  test('what is shown for long keeps up: ages by the clock, the rest whenever the page is looked at again', async () => {
    const page = await open();
    await page.clock.install();
    await signIn(page, screens.url, 'growing');
    await page.getByRole('searchbox').fill('img');
    await page.getByRole('heading', { name: '1 match' }).waitFor();
    await page.getByRole('button', { name: 'Check for changes' }).click();
    await page.getByRole('heading', { name: '2 matches' }).waitFor();
    await page.getByRole('link', { name: 'Account' }).click();
    await page.getByText('100,063 files backed up').waitFor();
    await page.getByText('2 hours ago').first().waitFor();
    await page.clock.fastForward('30:00:00');
    await page.getByText('yesterday').first().waitFor();
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.getByText('100,064 files backed up').waitFor();
  });

  test('a double click opens one folder, not also what lies under the pointer in it', async () => {
    const page = await open();
    await signIn(page, screens.url);
    await page.getByRole('row', { name: /Documents/ }).dblclick({ delay: 150 });
    await page.getByRole('grid', { name: 'Contents of Documents' }).waitFor();
    await page
      .getByRole('row', { name: /Documents|Tax/ })
      .first()
      .waitFor();
    assert.equal(await page.getByRole('grid', { name: 'Contents of Documents' }).count(), 1);
  });

  test('a folder of a hundred thousand files shows few rows, and the keyboard reaches the last', async () => {
    const page = await open();
    await signIn(page, screens.url);
    await page.getByRole('row', { name: /Archive/ }).click();
    const grid = page.getByRole('grid', { name: 'Contents of Archive' });
    await page.getByText('100,000 items').waitFor();
    assert.equal(await grid.getAttribute('aria-rowcount'), '100001');
    const rows = (): Promise<number> => page.locator('tbody tr').count();
    assert.ok((await rows()) < 200);
    await grid.focus();
    await page.keyboard.press('End');
    await page.getByRole('row', { name: /scan-099999/ }).waitFor();
    assert.ok((await rows()) < 200);
    await page.keyboard.press('PageUp');
    await page.keyboard.press('Home');
    await page.getByRole('row', { name: /scan-000000/ }).waitFor();
    await page.keyboard.type('scan-04');
    await page.getByRole('row', { name: /scan-040000/ }).waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('complementary', { name: 'Details' }).getByText('scan-040000').first().waitFor();
    await page.keyboard.press('Backspace');
    await page.getByRole('grid', { name: 'Contents of All files' }).waitFor();
  });

  test('search finds names in every folder while one types', async () => {
    const page = await open();
    await signIn(page, screens.url);
    await page.getByRole('searchbox').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('statement');
    const found = page.getByRole('grid', { name: 'Search results' });
    await found.getByRole('row', { name: /Annual statement.* Documents \/ Tax 2025/ }).waitFor();
    // what the first letters found as well goes when the last is answered
    await found.getByRole('row', { name: /Lease/ }).waitFor({ state: 'detached' });
    await page.keyboard.type(' of nothing');
    await page.getByRole('heading', { name: 'No file or folder has this in its name' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('grid', { name: 'Contents of All files' }).waitFor();
  });

  test('a name cannot pretend: the hidden character and the true extension are shown', async () => {
    const page = await open();
    await signIn(page, screens.url);
    const row = page.getByRole('row', { name: /invoice/ });
    assert.equal(await row.locator('.name-extension .badge').innerText(), '.exe');
    assert.equal(await row.locator('.name-mark').innerText(), 'U+202E');
    assert.equal(
      await row
        .locator('bdi')
        .first()
        .evaluate((element) => element.textContent),
      'invoiceU+202Egpj',
    );
  });

  test('a dialog keeps the focus, closes on Esc and gives the focus back', async () => {
    const page = await open();
    await signIn(page, screens.url);
    await page.getByRole('row', { name: /Lease/ }).click();
    const opener = page.getByRole('complementary').getByRole('button', { name: 'Create link' });
    await opener.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Create a link' });
    await dialog.waitFor();
    for (let i = 0; i < 14; i++) {
      await page.keyboard.press('Tab');
      const inside = await page.evaluate(
        () => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null,
      );
      assert.ok(inside, `the focus left the dialog at step ${i}`);
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await opener.evaluate((element) => element === document.activeElement), true);
  });

  test('a dialog stays until its answer is there; a link that is shown once is not closed by a press beside it', async () => {
    const page = await open();
    await page.addInitScript(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'));
    });
    await page.setViewportSize({ width: 1280, height: 420 });
    await signIn(page, screens.url, 'slow');
    await page.getByRole('row', { name: /Lease/ }).click();
    await page.getByRole('complementary').getByRole('button', { name: 'Create link' }).click();
    const dialog = page.getByRole('dialog');
    const scrolls = (selector: string): Promise<boolean> =>
      page.locator(selector).evaluate(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight);
    assert.deepEqual([await scrolls('.dialog'), await scrolls('.dialog-body')], [false, true]);
    await dialog.getByRole('button', { name: 'Create link' }).click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.mouse.click(5, 5);
    await dialog.getByRole('heading', { name: 'Your link is ready' }).waitFor();
    await page.mouse.click(5, 5);
    await dialog.getByRole('button', { name: 'Copy link' }).click();
    await dialog.getByRole('alert').getByText('did not allow copying').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  test('a link is made, listed and revoked', async () => {
    const page = await open();
    await signIn(page, screens.url);
    await page.getByRole('row', { name: /Lease/ }).click();
    await page.getByRole('complementary').getByRole('button', { name: 'Create link' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Downloads allowed').fill('none');
    await dialog.getByText('whole number').waitFor();
    await dialog.getByLabel('Downloads allowed').fill('3');
    await dialog.getByLabel('Ask for a password').check();
    await dialog.getByRole('button', { name: 'Create link' }).click();
    assert.match(await dialog.getByLabel('Link', { exact: true }).inputValue(), /^https:.*#/);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('link', { name: 'Links' }).click();
    const card = page.getByRole('listitem').filter({ hasText: 'Lease agreement' });
    assert.match(await card.innerText(), /Received 0 of 3/);
    await card.getByRole('button', { name: 'Actions for the link to Lease agreement.pdf' }).press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Revoke this link?' }).getByRole('button', { name: 'Revoke link' }).click();
    await card.waitFor({ state: 'detached' });
  });

  test('a link whose limit is changed ends on the day it had; one that has expired gets a new one', async () => {
    const page = await open();
    await signIn(page, screens.url);
    await page.getByRole('link', { name: 'Links' }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit link' });
    const edit = async (name: string): Promise<string> => {
      await page.getByRole('button', { name: `Actions for the link to ${name}` }).click();
      await page.getByRole('menuitem', { name: 'Edit expiry and limit' }).click();
      const chosen = await dialog.getByLabel('How long it works').locator('option:checked').innerText();
      await dialog.getByLabel('Downloads allowed').fill('50');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'detached' });
      return chosen;
    };
    const card = (name: string) => page.getByRole('listitem').filter({ hasText: name });
    for (const [name, chosen, expires] of [
      ['Wedding.mp4', 'As now, until 26 Nov 2026', 'Expires 26 Nov 2026'],
      ['Lofoten', 'As now, no end', 'Expires never'],
    ] as const) {
      assert.equal(await edit(name), chosen);
      await card(name).getByText('of 50').waitFor();
      await card(name).getByText(expires).waitFor();
    }
    assert.equal(await edit('Household budget.xlsx'), '7 days from today');
    await card('Household budget.xlsx').getByText('Active').waitFor();
  });

  test('a restore that fails says so, keeps nothing, and offers another try', async () => {
    const page = await open();
    await signIn(page, screens.url);
    await page.getByRole('row', { name: /Documents/ }).click();
    await page.getByRole('row', { name: /empty/ }).click();
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    const tray = page.getByRole('region', { name: 'Restores' });
    await tray.getByText('E_INTEGRITY').waitFor();
    await tray.getByRole('button', { name: 'Try again' }).click();
    await tray.getByText('E_INTEGRITY').waitFor();
  });

  test('hidden restores come back when one fails or asks, and their heading never calls that done', async () => {
    for (const [name, heading] of [
      ['fails', '1 restore failed'],
      ['conflict', 'A restore needs your answer'],
    ] as const) {
      const page = await open();
      await signIn(page, screens.url, name);
      await page.getByRole('row', { name: /Lease/ }).click();
      await page.getByRole('button', { name: 'Restore', exact: true }).click();
      const tray = page.getByRole('region', { name: 'Restores' });
      await tray.getByRole('heading', { name: '1 restore running' }).waitFor();
      await tray.getByRole('button', { name: 'Hide restores' }).click();
      await tray.getByRole('heading', { name: heading }).waitFor();
      await tray.getByRole('alert').waitFor();
    }
    const { page } = watched as Watched;
    await page.getByRole('button', { name: 'Keep both' }).click();
    await page.getByRole('heading', { name: 'All done' }).waitFor();
  });

  test('signing out ends the restores, and whoever signs in next sees none of them', async () => {
    const page = await open();
    await signIn(page, screens.url, 'waiting');
    await page.getByRole('row', { name: /Videos/ }).click();
    await page.getByRole('row', { name: /Wedding/ }).click();
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByRole('progressbar', { name: 'Progress of Wedding.mp4' }).waitFor();
    await page.getByRole('link', { name: 'Account' }).click();
    await page.getByRole('button', { name: 'Sign out' }).last().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Name').fill('ben');
    await page.getByLabel('Password', { exact: true }).fill('a password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    assert.equal(await page.getByRole('region', { name: 'Restores' }).count(), 0);
  });

  test('a history that is not the known one is said above every screen, also when the server is away after', async () => {
    const page = await open();
    await signIn(page, screens.url, 'forked');
    await page.getByText('E_FORK').waitFor();
    await page.getByRole('button', { name: 'Check for changes' }).click();
    for (const name of ['Files', 'Links', 'Account']) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { name, level: 1 }).waitFor({ state: 'attached' });
      await page.getByRole('alert').filter({ hasText: 'E_FORK' }).waitFor();
    }
  });

  test('a server that is away is one quiet line, until it answers', async () => {
    const page = await open();
    await signIn(page, screens.url, 'gone');
    const line = page.getByText('Not checked yet: the server cannot be reached.');
    await line.waitFor();
    await page.getByRole('button', { name: 'Check for changes' }).click();
    await page.getByText('This list is up to date').waitFor();
    await line.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Check for changes' }).click();
    await page.getByText(/^Not checked since \d/).waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText(/^Not checked/).waitFor({ state: 'detached' });
  });

  test('however long a name is, every button stays where it can be pressed', async () => {
    for (const width of [360, 1280]) {
      const page = await open({ width });
      await signIn(page, screens.url, 'waiting');
      await page.getByRole('row', { name: /Long/ }).click();
      await page.getByRole('row', { name: /WWW/ }).click();
      await page.getByText('1 version kept').waitFor();
      assert.deepEqual(await cutOff(page), [], `details at ${width}`);
      await page.getByRole('button', { name: 'Create link' }).last().click();
      await page.getByRole('dialog', { name: 'Create a link' }).waitFor();
      assert.deepEqual(await cutOff(page), [], `create link at ${width}`);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Restore', exact: true }).click();
      await page.locator('.tray-item').waitFor();
      assert.deepEqual(await cutOff(page), [], `tray at ${width}`);
    }
  });

  test('every control has a name, and nothing is wider than the window, on every screen and width', async () => {
    for (const width of [320, 1280]) {
      const page = await open({ width, dark: width === 320 });
      const look = async (where: string): Promise<void> => {
        assert.deepEqual(await unnamedControls(page), [], `${where} at ${width}`);
        assert.ok((await overflow(page)) <= 0, `${where} scrolls sideways at ${width}`);
        assert.deepEqual(await cutOff(page), [], `${where} at ${width}`);
      };
      await page.goto(screens.url);
      await page.getByRole('radio', { name: 'Create account' }).check();
      await look('create account');
      await signIn(page, screens.url);
      await page.getByRole('row', { name: /notes/ }).click();
      await page.getByText('6 versions kept').waitFor();
      await look('details');
      await page.getByRole('button', { name: 'Create link' }).last().click();
      await page.getByLabel('Ask for a password').check();
      await look('create link');
      await page.keyboard.press('Escape');
      if (width === 320) await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await look('files');
      for (const name of ['Links', 'Account']) {
        await page.getByRole('link', { name }).click();
        await page.getByRole('heading', { name, level: 1 }).waitFor();
        await page.waitForLoadState('networkidle');
        await look(name);
      }
      const { faults } = watched as Watched;
      assert.deepEqual(faults, []);
      if (width === 320) await page.context().close();
    }
  });
});

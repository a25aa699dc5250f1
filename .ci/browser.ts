/**
 * `npm run browser`: a Chromium with a fresh profile, the extension loaded and the app open. Starts the server when none
 * is running. `--keep` goes on with the profile of last time; `--headless` opens, says so and closes.
 */
import { rm } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { buildIfStale } from './build.ts';
import { at } from './project.ts';
import { type RunningServer, startServer } from './server.ts';
import { chromiumPath, setup } from './setup.ts';

const DEFAULT_APP = 'http://127.0.0.1:8787';
const headless = process.argv.includes('--headless');
const profile = at('.cache/browser');

if (!headless && process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
  console.error('There is no display here. On a desktop: npm run browser. Without one: xvfb-run npm run browser.');
  process.exit(1);
}

await setup();
await buildIfStale();
const server = (await answers(DEFAULT_APP)) ? null : await startServer();
await openBrowser(server?.app ?? DEFAULT_APP);
await stop(server);

async function answers(app: string): Promise<boolean> {
  const reply = await fetch(`${app}/healthz`).catch(() => null);
  return reply?.ok === true;
}

/** Resolves when the browser was closed. */
async function openBrowser(app: string): Promise<void> {
  if (!process.argv.includes('--keep')) await rm(profile, { recursive: true, force: true });
  const extension = at('dist/chrome');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath() ?? 'chromium',
    headless,
    viewport: null,
    chromiumSandbox: process.getuid?.() !== 0, // Chromium has no sandbox for root
    ignoreDefaultArgs: ['--disable-extensions', '--enable-automation'],
    args: [
      '--no-first-run',
      '--disable-background-networking',
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
    ],
  });
  const closed = new Promise<void>((resolve) => context.on('close', () => resolve()));
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(app);
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  console.log(`${await page.title()} is open at ${app}; the extension is ${new URL(worker.url()).host}`);
  if (headless) await context.close();
  else console.log('Close the browser to end.');
  return closed;
}

async function stop(server: RunningServer | null): Promise<void> {
  server?.stop();
  process.exit(server === null ? 0 : await server.ended);
}

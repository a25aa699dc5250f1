/** A very small extension and a very small site, to test the rigs without the product. */
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '../folders.ts';

export const GECKO_ID = 'rig@holdfast.test';

const BACKGROUND = `
const boot = String(Math.random());
const api = globalThis.browser ?? chrome;
api.runtime.onMessage.addListener((message, _sender, reply) => {
  if (message === 'boot') reply(boot);
  if (message === 'fetch') fetch('http://localhost:1/from-worker').then(() => reply('yes'), () => reply('no'));
  if (message === 'offscreen') chrome.offscreen
    .createDocument({ url: 'offscreen.html', reasons: ['WORKERS'], justification: 'test' })
    .then(() => reply('open'));
  return true;
});`;

const PAGE = `
const out = document.querySelector('#out');
const api = globalThis.browser ?? chrome;
const ask = async (message) => { out.textContent = '…'; out.textContent = await api.runtime.sendMessage(message); };
for (const name of ['boot', 'fetch', 'offscreen']) document.querySelector('#' + name).onclick = () => ask(name);
document.querySelector('#name').oninput = (event) => { out.textContent = 'hello ' + event.target.value; };
document.querySelector('#file').onchange = (event) => { out.textContent = event.target.files[0].name; };
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', async (event) => {
  event.preventDefault();
  const handles = await Promise.all([...event.dataTransfer.items].map((item) => item.getAsFileSystemHandle()));
  const names = [];
  for (const handle of handles) for await (const name of handle.keys()) names.push(name);
  const state = await handles[0].queryPermission({ mode: 'readwrite' });
  out.textContent = names.sort().join() + ' ' + state;
});`;

const HTML = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Rig</title>
<h1 id="drop">Drop here</h1><p id="out">idle</p>
<button id="boot">boot</button><button id="fetch">fetch</button><button id="offscreen">offscreen</button>
<input id="name"><input id="file" type="file"><script src="page.js"></script></html>`;

const BASE = { manifest_version: 3, name: 'Rig', version: '1.0' };

export async function fixtureExtension(browser: 'chrome' | 'firefox'): Promise<string> {
  const folder = await temporaryFolder('extension');
  const manifest =
    browser === 'chrome'
      ? { ...BASE, permissions: ['offscreen'], background: { service_worker: 'background.js' } }
      : { ...BASE, browser_specific_settings: { gecko: { id: GECKO_ID } }, background: { scripts: ['background.js'] } };
  await mkdir(folder, { recursive: true });
  const files = {
    'manifest.json': JSON.stringify(manifest),
    'background.js': BACKGROUND,
    'page.js': PAGE,
    'page.html': HTML,
    'offscreen.html': '<!doctype html><title>Offscreen</title>',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

export interface Site {
  readonly url: string;
  close(): void;
}

/** Serves one page, one download, and a page that asks another origin. */
export async function fixtureSite(): Promise<Site> {
  const server: Server = createServer((request, response) => {
    if (request.url === '/file') response.setHeader('content-disposition', 'attachment; filename="a b.bin"');
    else response.setHeader('content-type', 'text/html');
    const stray = '<script>fetch("http://stray.example/x").catch(() => 0)</script>';
    response.end(
      request.url === '/file' ? 'downloaded' : `<title>Site</title>${request.url === '/stray' ? stray : ''}`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

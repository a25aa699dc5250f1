/** Both browsers accept what the server sends: the cookie on loopback, and the headers with workers and downloads. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROUTES } from '../../shared/protocol/index.ts';
import { ChallengeAnswer } from '../../shared/protocol/schemas.ts';
import { ChromiumRig, FirefoxRig } from '../support/browser/index.ts';
import { until } from '../support/waiting.ts';
import { Child } from './support/child.ts';
import { Person } from './support/person.ts';

const PAGE = `
const policy = trustedTypes.createPolicy('ebk1-url', { createScriptURL: (url) => url });
window.fromWorker = () => new Promise((resolve) => {
  const worker = new Worker(policy.createScriptURL('/assets/worker.js'), { type: 'module' });
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = () => resolve('failed');
});
window.download = async () => {
  const url = policy.createScriptURL('/sw.js');
  const { installing } = await navigator.serviceWorker.register(url, { scope: '/dl/', type: 'module' });
  await new Promise((resolve) => installing.addEventListener('statechange', () => installing.state === 'activated' && resolve()));
  const frame = document.createElement('iframe');
  frame.src = '/dl/x';
  document.body.append(frame);
};
// at load, because a debugger's own calls are above the policy
window.unguarded = [
  () => { document.body.innerHTML = '<b>x</b>'; },
  () => new Worker('/assets/worker.js'),
  () => eval('1'),
  () => trustedTypes.createPolicy('other', {}),
].filter((sink) => { try { sink(); return true; } catch { return false; } }).map(String).join();
window.ask = async (method, path, json) => {
  const response = await fetch(path, {
    method,
    headers: { ...(method === 'GET' ? {} : { 'x-ebk': '1' }), ...(json ? { 'content-type': 'application/json' } : {}) },
    ...(json ? { body: JSON.stringify(json) } : {}),
  });
  return response.status;
};
`;

const SERVICE_WORKER = `
self.addEventListener('fetch', (event) => event.respondWith(new Response('streamed', {
  headers: { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment; filename="x.bin"' },
})));
`;

async function build(root: string): Promise<void> {
  const integrity = `sha384-${createHash('sha384').update(PAGE).digest('base64')}`;
  for (const page of ['web', 'share']) {
    await mkdir(join(root, page, 'assets'), { recursive: true });
    const script = `<script type="module" crossorigin src="/assets/page.js" integrity="${integrity}"></script>`;
    await writeFile(join(root, page, 'index.html'), `<!doctype html><title>${page}</title>${script}<body>`);
    await writeFile(join(root, page, 'assets', 'page.js'), PAGE);
    await writeFile(join(root, page, 'assets', 'worker.js'), "postMessage('works');");
    await writeFile(join(root, page, 'sw.js'), SERVICE_WORKER);
  }
}

interface Tab {
  call<T>(source: string, ...args: readonly unknown[]): Promise<T>;
}

interface Rig {
  readonly downloads: string;
  open(url: string): Promise<Tab>;
  close(): Promise<unknown>;
}

const rigs: Record<string, () => Promise<Rig>> = {
  Chromium: async () => {
    const rig = await ChromiumRig.launch({ extension: null });
    return {
      downloads: rig.downloads,
      open: async (url) => {
        const page = await rig.open(url);
        return { call: (source, ...args) => page.evaluate(`(${source})(...${JSON.stringify(args)})`) };
      },
      close: () => rig.close(),
    };
  },
  Firefox: async () => {
    const rig = await FirefoxRig.launch({ extension: null });
    return {
      downloads: rig.downloads,
      open: async (url) => {
        const tab = await rig.open(url);
        return { call: (source, ...args) => tab.evaluate(source, ...args) };
      },
      close: () => rig.close(),
    };
  },
};

for (const [name, launch] of Object.entries(rigs)) {
  describe(`${name} and the server`, () => {
    let root: string;
    let server: Child;
    let rig: Rig;
    let person: Person;

    before(async () => {
      root = await mkdtemp(join(tmpdir(), 'holdfast-browser-'));
      await build(root);
      server = await Child.listening({ HOLDFAST_DATA: join(root, 'data'), HOLDFAST_WEB_DIST: root });
      person = await Person.registered(server);
      rig = await launch();
    });
    after(async () => {
      await rig.close();
      await server.end('SIGTERM');
      await rm(root, { recursive: true });
    });

    it('keep the session cookie on plain loopback, out of reach of scripts', async () => {
      const tab = await rig.open(`${server.app}/`);
      const { lookup } = person;
      const answer = await server.ask('POST', ROUTES.recoveryStart, { json: { lookup } });
      const { challenge } = answer.as(ChallengeAnswer);
      const json = {
        lookup,
        ...person.signed('recovery', lookup, challenge, person.recovery.privateKey),
        client: 'web',
      };
      const ask = (method: string, path: string, body?: unknown) =>
        tab.call<number>('(...args) => window.ask(...args)', method, path, ...(body === undefined ? [] : [body]));
      assert.equal(await ask('GET', ROUTES.account), 401);
      assert.equal(await ask('POST', ROUTES.recoveryFinish, json), 200);
      assert.equal(await ask('GET', ROUTES.account), 200);
      assert.equal(await tab.call<string>('() => document.cookie'), '');
      const share = await rig.open(`${server.share}/s`);
      const crossed = `async (url) => fetch(url, { credentials: 'include' }).then(() => 'read', () => 'refused')`;
      assert.equal(await share.call<string>(crossed, server.app + ROUTES.account), 'refused');
      assert.equal(await ask('DELETE', ROUTES.session), 200);
      assert.equal(await ask('GET', ROUTES.account), 401);
    });

    for (const page of ['app', 'share'] as const) {
      it(`let the ${page} page work under its headers, and nothing else`, async () => {
        const tab = await rig.open(page === 'app' ? `${server.app}/` : `${server.share}/s`);
        assert.equal(await tab.call<boolean>('() => crossOriginIsolated && originAgentCluster'), true);
        assert.equal(await tab.call<string>('() => window.fromWorker()'), 'works');
        assert.equal(await tab.call<string>('() => window.unguarded'), '');
        // Firefox takes its downloads from the origin's private storage instead
        if (name === 'Chromium') await streams(tab, join(rig.downloads, 'x.bin'));
      });
    }
  });
}

async function streams(tab: Tab, path: string): Promise<void> {
  await rm(path, { force: true });
  await tab.call<void>('() => window.download()');
  assert.equal(await until('the download', () => readFile(path, 'utf8').catch(() => null)), 'streamed');
}

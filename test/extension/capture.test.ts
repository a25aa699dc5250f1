/** Capture from the web: names, sign-in pages, downloads, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { captureOfDownload, downloadName } from '../../extension/capture/download.ts';
import { captureOf, originPattern } from '../../extension/capture/link.ts';
import { dispositionName } from '../../extension/capture/worker/content-disposition.ts';
import { fetchDocument, type WebPort } from '../../extension/capture/worker/index.ts';
import { addressName, captureName, documentName } from '../../extension/capture/worker/naming.ts';
import { isSignInPage } from '../../extension/capture/worker/sign-in.ts';
import type { WebRequest } from '../../extension/queue/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';

test('Content-Disposition: quoted, bare, extended, broken', () => {
  const cases: [string | null, string | null][] = [
    [null, null],
    ['inline', null],
    ['attachment; filename="a b.pdf"', 'a b.pdf'],
    ['attachment; filename=plain.pdf; size=3', 'plain.pdf'],
    ['attachment; FileName="quo\\"te.txt"', 'quo"te.txt'],
    ['attachment; filename="x.txt"; filename*=UTF-8\'\'na%C3%AFve%20%E2%82%AC.txt', 'naïve €.txt'],
    ["attachment; filename*=iso-8859-1'en'%A3%20rates.pdf", '£ rates.pdf'],
    ["attachment; filename*=UTF-8''bad%ZZ.txt; filename=good.txt", 'good.txt'],
    ["attachment; filename*=UTF-16''x; filename=good.txt", 'good.txt'],
    ['attachment; filename="na\u00c3\u00afve.txt"', 'naïve.txt'],
    ['attachment; filename="a;b=c.txt"; x=y', 'a;b=c.txt'],
    ['attachment; filename=""', null],
  ];
  for (const [header, expected] of cases) assert.equal(dispositionName(header), expected, String(header));
});

test('a name fits one entry of a folder, whatever it was made from', () => {
  assert.equal(captureName('../../etc/passwd', ''), 'passwd');
  assert.equal(captureName('C:\\Users\\me\\statement.pdf', ''), 'statement.pdf');
  assert.equal(captureName('line\nbreak\u0000.txt', ''), 'linebreak.txt');
  assert.equal(captureName('..', '.pdf'), 'download.pdf');
  assert.equal(captureName('photo', '.png'), 'photo.png');
  assert.equal(captureName('archive.tar.gz', '.zip'), 'archive.tar.gz');
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc.constantFrom('', '.html', '.pdf'),
      (text, extension) => {
        const name = captureName(text, extension);
        assert.ok(new TextEncoder().encode(name).length <= 255);
        assert.ok(name !== '' && name !== '.' && name !== '..');
        assert.ok(!/[/\\\p{Cc}]/u.test(name));
        assert.ok(name.isWellFormed() || !text.isWellFormed());
      },
    ),
    { numRuns: 500 },
  );
});

test('a document is named by the server, else by its title when it is a page, else by its address', () => {
  const base = { url: 'https://a.test/files/r%C3%A9sum%C3%A9?x=1', disposition: null, title: 'My page', page: false };
  assert.equal(documentName({ ...base, contentType: 'application/pdf' }), 'résumé.pdf');
  assert.equal(documentName({ ...base, contentType: 'text/html; charset=utf-8', page: true }), 'My page.html');
  assert.equal(documentName({ ...base, contentType: 'text/html', page: true, title: ' ' }), 'résumé.html');
  const titled = (title: string) => documentName({ ...base, contentType: 'text/html', page: true, title });
  assert.deepEqual([titled('Invoice 3/2024'), titled('AC/DC \\ Live')], ['Invoice 3-2024.html', 'AC-DC - Live.html']);
  assert.equal(documentName({ ...base, contentType: 'image/png', disposition: 'inline; filename=cat' }), 'cat.png');
  assert.equal(addressName('https://a.test/'), 'a.test');
  assert.equal(addressName('https://a.test/%E0%A4%A'), '%E0%A4%A');
});

const LIVE = { 'content-type': 'Multipart/X-Mixed-Replace; boundary=x' };
const LOGIN = '<html><form><input name=user><input type="password" name=p></form>';

test('a sign-in page is told from the document', () => {
  const html = { status: 200, contentType: 'text/html', html: LOGIN };
  const asked = 'https://bank.test/statements/7';
  assert.equal(isSignInPage({ ...html, asked, answered: 'https://bank.test/login?next=/statements/7' }, false), true);
  assert.equal(isSignInPage({ ...html, asked, answered: 'https://sso.test/' }, false), true);
  // The same address with a password field somewhere is a page like any other.
  assert.equal(isSignInPage({ ...html, asked, answered: asked }, false), false);
  assert.equal(isSignInPage({ ...html, asked, answered: 'https://bank.test/s/7', html: '<p>hello' }, false), false);
  const pdf = 'https://bank.test/s.pdf';
  assert.equal(isSignInPage({ ...html, html: '<p>hi', asked: pdf, answered: pdf }, false), true);
  assert.equal(isSignInPage({ ...html, html: '<p>hi', asked, answered: asked }, true), true);
  assert.equal(isSignInPage({ ...html, status: 404, asked: pdf, answered: pdf }, false), false);
  assert.equal(
    isSignInPage({ ...html, status: 401, contentType: null, html: '', asked, answered: asked }, false),
    true,
  );
  assert.equal(
    isSignInPage({ status: 200, contentType: 'application/pdf', html: '', asked: pdf, answered: pdf }, false),
    false,
  );
});

test('every way to ask for a password is seen', () => {
  const [asked, answered] = ['https://bank.test/statements/7', 'https://bank.test/in'];
  const asks = (html: string) => isSignInPage({ status: 200, contentType: 'text/html', html, asked, answered }, false);
  const inputs = [
    'type=password/',
    "TYPE = 'Password'",
    'id="p" type="password"',
    'autocomplete="webauthn current-password"',
  ];
  for (const attributes of inputs) assert.ok(asks(`<form><input ${attributes}></form>`), attributes);
  for (const html of ['<input type=text name=password>', '<p type=password>', '<inputs type=password>'])
    assert.ok(!asks(html), html);
});

const request = (fields: Partial<WebRequest> = {}): WebRequest => ({
  url: 'https://a.test/doc.pdf',
  kind: 'link',
  title: 'Found here',
  fileName: null,
  length: null,
  ...fields,
});
const answering = (
  respond: (url: string, init: RequestInit) => Response | Promise<Response>,
  online = true,
): WebPort => ({
  fetch: async (url, init) => respond(url, init),
  isOnline: () => online,
  now: () => 42,
});
const never = new AbortController().signal;

test('a document comes with its name, date and provenance, fetched with the sign-in', async () => {
  let sent: RequestInit = {};
  const port = answering((_, init) => {
    sent = init;
    return new Response('%PDF-1.7', {
      headers: { 'content-type': 'application/pdf', 'last-modified': 'Wed, 21 Oct 2015 07:28:00 GMT' },
    });
  });
  const got = await fetchDocument(request(), port, never);
  assert.equal(sent.credentials, 'include');
  assert.deepEqual([got.name, got.mtime, got.blob.size], ['doc.pdf', Date.UTC(2015, 9, 21, 7, 28), 8]);
  assert.deepEqual(got.from, { url: 'https://a.test/doc.pdf', title: 'Found here' });
});

test('a page keeps its own title; entities in a fetched title are read', async () => {
  const port = answering(
    () => new Response('<title> A &amp; B\n</title>', { headers: { 'content-type': 'text/html' } }),
  );
  const page = await fetchDocument(request({ url: 'https://a.test/x', kind: 'page', title: 'Tab title' }), port, never);
  assert.deepEqual([page.name, page.from?.title], ['Tab title.html', 'Tab title']);
  const link = await fetchDocument(request({ url: 'https://a.test/x' }), port, never);
  assert.deepEqual([link.name, link.from?.title, link.mtime], ['A & B.html', 'A & B', 42]);
});

test('a page that is written to be slow to look at is looked at', async () => {
  const port = (html: string) =>
    answering(() => {
      const response = new Response(html, { headers: { 'content-type': 'text/html' } });
      return Object.defineProperty(response, 'url', { value: 'https://a.test/elsewhere' });
    });
  const parts = [
    '<input autocomplete= ',
    '<input type ',
    '<title',
    '<title>',
    '<title ',
    '&#',
    ' ',
    '<input ',
    'autocomplete=',
  ];
  for (const part of parts) {
    const html = `<input autocomplete=${part.repeat(Math.ceil((512 * 1024) / part.length))}`;
    const { name } = await fetchDocument(request({ url: 'https://a.test/x' }), port(html), never);
    assert.equal(name, 'Found here.html', part);
  }
});

test('what is not the document is refused with its cause', async () => {
  const cases: [WebPort, Partial<WebRequest>, string][] = [
    [answering(() => new Response(LOGIN, { headers: { 'content-type': 'text/html' } })), {}, 'E_CAPTURE_SIGN_IN'],
    [answering(() => new Response(null, { status: 404 })), {}, 'E_CAPTURE_FAILED'],
    [answering(() => new Response(null, { status: 503 })), {}, 'E_UNAVAILABLE'],
    [answering(() => new Response(null, { status: 429 })), {}, 'E_RATE'],
    [answering(() => new Response('12345')), { length: 6 }, 'E_CAPTURE_FAILED'],
    [answering(() => new Response('--x', { headers: LIVE })), {}, 'E_CAPTURE_ENDLESS'],
    [answering(() => Promise.reject(new TypeError('Failed to fetch'))), {}, 'E_CAPTURE_FAILED'],
    [answering(() => Promise.reject(new TypeError('Failed to fetch')), false), {}, 'E_OFFLINE'],
  ];
  for (const [port, fields, code] of cases) {
    await assert.rejects(
      fetchDocument(request(fields), port, never),
      (error) => error instanceof HoldfastError && error.code === code,
      code,
    );
  }
  const stopped = AbortSignal.abort();
  await assert.rejects(
    fetchDocument(
      request(),
      answering(() => Promise.reject(new DOMException('', 'AbortError'))),
      stopped,
    ),
    (error) => error instanceof HoldfastError && error.code === 'E_CANCELLED',
  );
});

test('a capture goes to the folder of its site, without the fragment; what is no web address is not captured', () => {
  const capture = captureOf('link', 'http://shop.test:8080/a/b.pdf#page=2', 'Shop');
  assert.deepEqual(capture?.path, ['Web', 'shop.test']);
  assert.equal(capture?.request.url, 'http://shop.test:8080/a/b.pdf');
  assert.equal(capture?.name, 'b.pdf');
  for (const url of ['about:blank', 'chrome://settings', 'file:///etc/passwd', 'data:,x', 'javascript:1', 'nonsense']) {
    assert.equal(captureOf('page', url, null), null, url);
  }
  assert.equal(originPattern('http://127.0.0.1:8080/x'), 'http://127.0.0.1/*');
});

test('a download keeps its name and is believed at its exact length only', () => {
  const download = { id: 1, url: 'https://a.test/get?id=7', path: '/home/me/Downloads/bill.pdf', bytes: 9, endedAt: 5 };
  const capture = captureOfDownload(download);
  assert.deepEqual(capture?.path, ['Downloads']);
  assert.deepEqual([capture?.request.fileName, capture?.request.length], ['bill.pdf', 9]);
  assert.equal(downloadName({ ...download, path: 'C:\\Users\\me\\Downloads\\bill.pdf' }), 'bill.pdf');
  assert.equal(captureOfDownload({ ...download, url: 'blob:https://a.test/1' }), null);
  assert.equal(captureOfDownload({ ...download, bytes: -1 })?.request.length, null);
});

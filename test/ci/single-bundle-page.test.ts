/** A served page either carries hashes for all it loads or is not built. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { withIntegrity } from '../../.ci/vite/single-bundle-page.ts';

const BUNDLE = {
  'assets/a.js': { type: 'chunk', code: 'alert(1)' },
  'assets/a.css': { type: 'asset', source: 'p{}' },
} as const;
const SCRIPT = '<script type="module" crossorigin src="/assets/a.js"></script>';
const STYLE = '<link rel="stylesheet" crossorigin href="/assets/a.css">';

const hash = (text: string): string => `sha384-${createHash('sha384').update(text).digest('base64')}`;

test('script and stylesheet carry the hash of their bytes, an icon none', () => {
  const page = withIntegrity(`<link rel="icon" href="/icon.svg">${SCRIPT}${STYLE}`, BUNDLE);
  assert.ok(page.includes(`src="/assets/a.js" integrity="${hash('alert(1)')}">`));
  assert.ok(page.includes(`href="/assets/a.css" integrity="${hash('p{}')}">`));
  assert.ok(page.includes('<link rel="icon" href="/icon.svg">'));
});

test('what the policy would refuse is not built', () => {
  for (const [extra, why] of [
    ['<script>x()</script>', /inline script/],
    ['<style>p{}</style>', /inline style/],
    ['<p style="color:red">', /inline style/],
    ['<button onclick="x()">', /handler/],
    [SCRIPT, /one script/],
    [`${STYLE}${STYLE}`, /at most one stylesheet/],
  ] as const) {
    assert.throws(() => withIntegrity(SCRIPT + extra, BUNDLE), why);
  }
});

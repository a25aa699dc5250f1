/** The manifest: exactly these permissions, each with its reason in the docs, and nothing open to others. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { manifest } from '../../extension/manifest.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const COMMON = ['activeTab', 'alarms', 'contextMenus', 'notifications', 'scripting', 'storage', 'unlimitedStorage'];

test('permissions are exactly those that were agreed on', () => {
  const chrome = manifest('chrome', '1.2.3');
  const firefox = manifest('firefox', '1.2.3');
  assert.deepEqual(chrome.permissions, [...COMMON, 'offscreen']);
  assert.deepEqual(firefox.permissions, COMMON);
  for (const each of [chrome, firefox]) {
    assert.deepEqual(each.optional_permissions, ['downloads']);
    assert.deepEqual(each.optional_host_permissions, ['http://*/*', 'https://*/*']);
    for (const absent of ['host_permissions', 'content_scripts', 'web_accessible_resources']) {
      assert.equal(absent in each, false, absent);
    }
    assert.equal(each.version, '1.2.3');
    assert.equal(each.manifest_version, 3);
  }
  assert.deepEqual(chrome.externally_connectable, { ids: [] });
});

test('every permission has its reason in the docs', () => {
  const docs = read('docs/extension.md');
  for (const permission of [...COMMON, 'offscreen', 'downloads', 'http://*/*', 'https://*/*']) {
    assert.ok(docs.includes(`\`${permission}\``), permission);
  }
});

test('extension pages run packaged scripts only', () => {
  const { extension_pages: policy } = manifest('chrome', '1').content_security_policy as { extension_pages: string };
  const directives = new Map(policy.split('; ').map((part) => [part.split(' ', 1)[0], part.split(' ').slice(1)]));
  assert.deepEqual(directives.get('default-src'), ["'none'"]);
  assert.deepEqual(directives.get('script-src'), ["'self'", "'wasm-unsafe-eval'"]);
  assert.deepEqual(directives.get('require-trusted-types-for'), ["'script'"]);
  assert.deepEqual(directives.get('trusted-types'), ['ebk1-url']);
  assert.deepEqual(directives.get('frame-src'), ["'self'"], 'a restore is a download of a hidden frame');
  assert.equal(/unsafe-inline|unsafe-eval'?[^']*;|data:/.test(policy.replace("'wasm-unsafe-eval'", '')), false);
});

test('icons and messages that the manifest names exist', () => {
  const chrome = manifest('chrome', '1');
  for (const path of Object.values(chrome.icons as Record<string, string>)) {
    assert.ok(existsSync(new URL(`extension/${path}`, ROOT)), path);
  }
  const messages = JSON.parse(read('extension/_locales/en/messages.json')) as Record<string, { message: string }>;
  for (const [, name] of JSON.stringify(chrome).matchAll(/__MSG_(\w+)__/g)) assert.ok(messages[name!], name);
  assert.ok(messages.description!.message.length <= 132);
});

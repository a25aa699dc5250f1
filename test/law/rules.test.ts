/** The walker must see what it is there for: each rule is broken once in a tree held in memory. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cycleOffences, doorOffences, importOffences, labelOffences, type Offence, purityOffences } from './rules.ts';
import { readSource, type Source } from './source.ts';

function tree(files: Record<string, string>): Source[] {
  return Object.entries(files).map(([path, text]) => readSource(path, text));
}

const places = (offences: readonly Offence[]): string[] => offences.map(({ where }) => where);

/** What importing `specifier` from `from` breaks; the target exists. */
function edge(from: string, specifier: string, ...targets: string[]): string | null {
  const files = Object.fromEntries(targets.map((path) => [path, 'export {};\n']));
  return importOffences(tree({ ...files, [from]: `import '${specifier}';\n` }))[0]?.rule ?? null;
}

describe('reading a source', () => {
  test('finds every way to import', () => {
    const source = readSource(
      'web/a.tsx',
      `import type { A } from './a1.ts';
import b, { type B } from './a2.ts';
export * from './a3.ts';
export { c } from './a4.ts';
const d = import('./a5.ts');
const e = new URL('./a6.ts', import.meta.url);
import f from './a7.ts?worker&url';
export const text = <p title="import './no.ts'">Don't import './no.ts' // no</p>;
`,
    );
    assert.deepEqual(
      source.imports.map(({ specifier, line, typeOnly }) => [specifier, line, typeOnly]),
      [
        ['./a1.ts', 1, true],
        ['./a2.ts', 2, false],
        ['./a3.ts', 3, false],
        ['./a4.ts', 4, false],
        ['./a5.ts', 5, false],
        ['./a6.ts', 6, false],
        ['./a7.ts?worker&url', 7, false],
      ],
    );
  });

  test('tells a global from a property, a key, a type and a local name', () => {
    const source = readSource(
      'shared/async/a.ts',
      `interface P { window: number; process: Window }
const x = { window: 1, process() {} };
x.window; x.process();
function f(navigator: number) { return navigator; }
const { self } = x as unknown as { self: 1 };
export const y = [self, f, window as unknown];
`,
    );
    assert.deepEqual(
      source.globals.filter(({ text }) => text !== 'x').map(({ text, line }) => [text, line]),
      [['window', 6]],
    );
  });
});

describe('imports', () => {
  test('layers point down', () => {
    assert.equal(edge('shared/vault/a.ts', '../format/index.ts', 'shared/format/index.ts'), null);
    assert.match(
      edge('shared/format/a.ts', '../vault/index.ts', 'shared/vault/index.ts') ?? '',
      /L2 format .* vault is L4/,
    );
    assert.match(
      edge('shared/chunker/a.ts', '../crypto/index.ts', 'shared/crypto/index.ts') ?? '',
      /lower layers only/,
    );
    assert.equal(edge('shared/async/a.ts', '../bytes/index.ts', 'shared/bytes/index.ts'), null);
    assert.match(edge('shared/errors/a.ts', '../bytes/index.ts', 'shared/bytes/index.ts') ?? '', /lower layers only/);
    assert.equal(edge('shared/format/a.ts', '../protocol/limits.ts', 'shared/protocol/limits.ts'), null);
    assert.match(edge('shared/protocol/a.ts', '../format/index.ts', 'shared/format/index.ts') ?? '', /only L0/);
    assert.match(edge('shared/protocol/a.ts', '../crypto/index.ts', 'shared/crypto/index.ts') ?? '', /only L0/);
  });

  test('folders of shared are entered by their door', () => {
    assert.match(edge('web/a.ts', '../shared/vault/apply.ts', 'shared/vault/apply.ts') ?? '', /door/);
    assert.equal(edge('shared/vault/a.ts', './apply.ts', 'shared/vault/apply.ts'), null);
    assert.equal(edge('server/a.ts', '../shared/protocol/schemas.ts', 'shared/protocol/schemas.ts'), null);
    assert.match(edge('web/a.ts', '../shared/protocol/schemas.ts', 'shared/protocol/schemas.ts') ?? '', /door/);
  });

  test('shared/browser is for clients', () => {
    const browser = 'shared/browser/index.ts';
    assert.equal(edge('web/session/a.ts', '../../shared/browser/index.ts', browser), null);
    assert.match(edge('shared/client/a.ts', '../browser/index.ts', browser) ?? '', /extension and web only/);
    assert.match(edge('server/a.ts', '../shared/browser/index.ts', browser) ?? '', /for browsers/);
  });

  test('realms keep apart', () => {
    assert.match(edge('server/a.ts', '../shared/crypto/index.ts', 'shared/crypto/index.ts') ?? '', /server may import/);
    assert.equal(edge('server/a.ts', '../shared/protocol/index.ts', 'shared/protocol/index.ts'), null);
    assert.match(edge('web/a.ts', '../extension/a.ts', 'extension/a.ts') ?? '', /neither/);
    assert.match(edge('shared/bytes/a.ts', '../../server/a.ts', 'server/a.ts') ?? '', /nothing but shared/);
    assert.match(edge('extension/runner/a.ts', '../../web/routes/a.ts', 'web/routes/a.ts') ?? '', /borrows web\/ui/);
    assert.equal(edge('extension/ui/a.ts', '../../web/routes/a.ts', 'web/routes/a.ts'), null);
    assert.match(edge('extension/ui/a.ts', '../queue/db.ts', 'extension/queue/db.ts') ?? '', /queue\/view/);
    assert.match(edge('web/routes/a.ts', '../../shared/crypto/index.ts', 'shared/crypto/index.ts') ?? '', /no key/);
    assert.match(edge('server/domain/a.ts', '../db/a.ts', 'server/db/a.ts') ?? '', /no SQL/);
    assert.match(edge('web/a.ts', '../test/a.ts', 'test/a.ts') ?? '', /no test/);
  });

  test('the reader knows the pure part of shared, and nobody knows the reader', () => {
    assert.equal(edge('reader/a.ts', '../shared/restorer/index.ts', 'shared/restorer/index.ts'), null);
    assert.match(edge('reader/a.ts', '../shared/restorer/fetch.ts', 'shared/restorer/fetch.ts') ?? '', /door/);
    for (const other of ['server/a.ts', 'web/a.ts', 'extension/a.ts', 'shared/browser/index.ts'])
      assert.match(edge('reader/a.ts', `../${other}`, other) ?? '', /pure part of shared/);
    for (const other of ['server/a.ts', 'web/a.ts', 'extension/a.ts'])
      assert.match(edge(other, '../reader/a.ts', 'reader/a.ts') ?? '', /not a part/);
    assert.equal(edge('reader/a.ts', 'node:fs'), null);
    assert.match(edge('reader/a.ts', 'node:sqlite') ?? '', /server\\\/db/);
  });

  test('packages have one door', () => {
    assert.equal(edge('extension/queue/db.ts', 'dexie'), null);
    assert.match(edge('extension/ui/a.ts', 'dexie') ?? '', /extension\\\/queue/);
    assert.match(edge('server/routes/a.ts', 'node:sqlite') ?? '', /server\\\/db/);
    assert.equal(edge('server/routes/a.ts', 'node:fs'), null);
    assert.match(edge('shared/bytes/a.ts', 'node:fs') ?? '', /only/);
    assert.match(edge('server/domain/a.ts', '@serenity-kit/opaque') ?? '', /only/);
    assert.equal(edge('server/domain/opaque.ts', '@serenity-kit/opaque'), null);
    assert.match(edge('server/domain/a.ts', 'fastify') ?? '', /only/);
    assert.match(edge('web/a.ts', 'left-pad') ?? '', /list of doors/);
  });

  test('a missing file is named', () => {
    assert.match(edge('web/a.ts', './gone.ts') ?? '', /there is no web\/gone\.ts/);
  });

  test('cycles are found, type imports are none', () => {
    const files = { 'web/a.ts': `import './b.ts';`, 'web/b.ts': `import './c.ts';`, 'web/c.ts': `import './a.ts';` };
    assert.deepEqual(
      cycleOffences(tree(files)).map(({ what }) => what),
      ['web/a.ts → web/b.ts → web/c.ts → web/a.ts'],
    );
    assert.deepEqual(
      cycleOffences(tree({ ...files, 'web/c.ts': `import type { A } from './a.ts'; export type { A };` })),
      [],
    );
  });
});

describe('doors', () => {
  test('a name that nobody takes through its door is named, whoever takes it from inside', () => {
    const door = `export { a, type B } from './a.ts';\nexport const c = 1;\nexport * from './d.ts';\n`;
    const takes = (text: string) =>
      doorOffences(
        tree({ 'shared/x/index.ts': door, 'shared/x/e.ts': `import { a } from './a.ts';` }),
        tree({ 'test/x.test.ts': text }),
      ).map(({ where, what }) => `${where} ${what}`);
    assert.deepEqual(takes(''), [
      'shared/x/index.ts:1 gives a',
      'shared/x/index.ts:1 gives B',
      'shared/x/index.ts:2 gives c',
    ]);
    assert.deepEqual(takes(`import { a as b, type B } from '../shared/x/index.ts';`), ['shared/x/index.ts:2 gives c']);
    assert.deepEqual(takes(`export { a, B, c } from '../shared/x/index.ts';`), []);
    assert.deepEqual(takes(`import * as all from '../shared/x/index.ts';`), []);
  });
});

describe('purity and labels', () => {
  test('clock, randomness and surroundings are refused in shared, allowed in shared/browser', () => {
    const text = `export const a = [Date.now(), new Date(), Math.random(), setTimeout, window, Buffer, new Date(7)];\n`;
    assert.equal(purityOffences(tree({ 'shared/vault/a.ts': text })).length, 6);
    assert.equal(purityOffences(tree({ 'shared/browser/a.ts': text })).length, 0);
  });

  test('WebCrypto has one file', () => {
    const text = `export const a = crypto.subtle;\n`;
    const where = [
      'shared/crypto/primitives.ts',
      'shared/crypto/aead.ts',
      'shared/browser/a.ts',
      'web/a.ts',
      'server/a.ts',
    ];
    const found = purityOffences(tree(Object.fromEntries(where.map((path) => [path, text]))));
    assert.deepEqual(
      new Set(places(found)),
      new Set(['shared/crypto/aead.ts:1', 'shared/browser/a.ts:1', 'web/a.ts:1']),
    );
  });

  test('a label outside the two lists is refused, and so is a label in both', () => {
    const found = labelOffences(
      tree({
        'shared/crypto/labels.ts': `export const LABELS = { x: 'ebk1/x', y: 'ebk1/y' };\n`,
        'shared/protocol/entry.ts': `export const a = ['ebk1/log/entry', 'ebk1/y'];\n`,
        'shared/vault/a.ts': 'export const a = (n: string) => `ebk1/$' + '{n}`;\n',
        'web/a.ts': `export const a = 'ebk1/x';\n`,
      }),
    );
    assert.deepEqual(places(found), ['shared/protocol/entry.ts:1', 'shared/vault/a.ts:1', 'web/a.ts:1']);
  });
});

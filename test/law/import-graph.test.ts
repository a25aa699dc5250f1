/** The fourth net: walks the import graph of the product and names every edge, global and label that breaks the law. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { at } from '../../.ci/project.ts';
import { cycleOffences, doorOffences, importOffences, labelOffences, type Offence, purityOffences } from './rules.ts';
import { productSources, REALMS, sourcesUnder, texts } from './tree.ts';

const sources = await productSources();

function clean(offences: readonly Offence[]): void {
  const lines = offences.map(({ where, what, rule }) => `${where}  ${what}\n    ${rule}`);
  assert.ok(offences.length === 0, `${offences.length} against the law:\n${lines.join('\n')}`);
}

describe('the law holds in the tree', () => {
  test('every import goes where it may', () => clean(importOffences(sources)));
  test('no import cycles', () => clean(cycleOffences(sources)));
  test('every name at a door of shared has an importer', async () =>
    clean(doorOffences(sources, await sourcesUnder(['test']))));
  test('shared is pure and WebCrypto has one door', () => clean(purityOffences(sources)));
  test('labels are listed in one file', () => clean(labelOffences(sources)));

  test('no file is longer than 500 lines and none leaves work undone', async () => {
    const undone = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`);
    const files = await texts([...REALMS, 'test', '.ci'], /\.(?:tsx?|css|html)$/);
    clean(
      files.flatMap(({ path, text }) => {
        const lines = text.trimEnd().split('\n');
        const marks = lines.flatMap((line, i) =>
          undone.test(line)
            ? [{ where: `${path}:${i + 1}`, what: line.trim(), rule: 'finish it or leave it out' }]
            : [],
        );
        const long = { where: path, what: `${lines.length} lines`, rule: 'a file has at most 500 lines' };
        return lines.length > 500 ? [long, ...marks] : marks;
      }),
    );
  });

  test('the project speaks of itself only', async () => {
    const elsewhere = new RegExp(
      ['\\.\\./shared/(?:des' + 'ign|la' + 'b|see' + 'ds)', '/wo' + 'rk/', '/tmp/bri' + 'ef'].join('|'),
    );
    const files = await texts([...REALMS, 'test', '.ci', 'docs', 'changelog'], /\.(?:tsx?|md|css|html|json)$/);
    const roots = await Promise.all(
      ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'vite.config.ts', 'package.json', 'package-lock.json'].map(
        async (path) => ({
          path,
          text: await readFile(at(path), 'utf8').catch(() => ''),
        }),
      ),
    );
    clean(
      [...files, ...roots].flatMap(({ path, text }) =>
        text
          .split('\n')
          .flatMap((line, i) =>
            elsewhere.test(line)
              ? [{ where: `${path}:${i + 1}`, what: line.trim(), rule: 'name no place outside the project' }]
              : [],
          ),
      ),
    );
  });
});

import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { safeName, safeTree, type TreeEntry } from '../../../shared/restorer/safe-name.ts';

const DEVICES = ['con', 'prn', 'aux', 'nul', 'conin$', 'conout$'].concat(
  ['com', 'lpt'].flatMap((port) => [...'0123456789¹²³'].map((digit) => port + digit)),
);

/** The rules again, as a list of what no name may be. */
function faults(name: string): string[] {
  const stem = (name.split('.')[0] as string).trimEnd().toLowerCase();
  const checks: Record<string, boolean> = {
    empty: name === '',
    separator: /[/\\]/.test(name),
    wildcard: [...'<>:"|?*'].some((mark) => name.includes(mark)),
    control: [...name].some((point) => point < ' ' || (point >= '\u007f' && point <= '\u009f')),
    ending: name.endsWith('.') || name.endsWith(' '),
    surrogate: !name.isWellFormed(),
    length: Buffer.byteLength(name) > 255,
    device: DEVICES.includes(stem),
  };
  return Object.keys(checks).filter((check) => checks[check]);
}

function hostileNames(): string[] {
  const places = [
    '',
    '.',
    '..',
    '...',
    ' ',
    '  ',
    '. .',
    '/',
    '\\',
    '//',
    '../',
    '..\\',
    '../..',
    '../../../etc/passwd',
    '..\\..\\Windows\\System32\\x.dll',
    '/etc/passwd',
    'C:',
    'C:\\x',
    'c:x',
    '\\\\server\\share',
    '\\\\?\\C:\\x',
    '//server/share',
    'file:///etc/passwd',
    'a/b',
    'a\\b',
    './a',
    '.\\a',
    'a/../b',
    '~',
    '~root',
    '$HOME',
    '%TEMP%',
    '%2e%2e%2f',
    '..%2f',
    '..\u2215',
    '\uff0e\uff0e\uff0f',
    '‥',
    '\u2024\u2024/',
    'x:stream',
    'x::$DATA',
    ':',
    '|',
    '*',
    '?',
    '<',
    '>',
    '"',
    '\0',
    'a\0b',
    'a.txt\0.exe',
    '\r\n',
    'a\nb',
    '\t',
    '\u007f',
    '\u0085',
    '\u009f',
    '\u200b',
    '\u202egpj.exe',
    '\ufeff',
    '\ud800',
    '\udc00',
    'a\ud83d',
    '\udc00\ud800',
    '👩\u200d👩\u200d👧',
    'é',
    'e\u0301',
    'Å',
    '\u212b',
    'ß',
    'ſ',
    'İ',
    'ı',
    '\u{10ffff}',
    '\ufffe',
    '__proto__',
    'constructor',
    'toString',
    '.htaccess',
    'desktop.ini',
    '.git',
    'GIT~1',
    'a b',
    ' a',
    'a.',
    'a ',
    'a. ',
    'a .',
    'a...',
    '-rf',
    '--',
    '`id`',
    '$(id)',
    ';ls',
    'x'.repeat(255),
    'x'.repeat(256),
    'é'.repeat(200),
    '👩'.repeat(100),
    `${'x'.repeat(300)}.txt`,
    `x.${'y'.repeat(300)}`,
    `${'.'.repeat(300)}`,
    `${' '.repeat(300)}`,
    `${'a.'.repeat(200)}`,
    `${'é'.repeat(127)}x.jpeg`,
  ];
  const devices = DEVICES.flatMap((device) =>
    ['', '.', '.txt', '.tar.gz', ' ', ' .txt', ':', '..', '  .  '].flatMap((tail) => [
      device + tail,
      device.toUpperCase() + tail,
    ]),
  );
  const wrapped = places.flatMap((place) => [`${place}.txt`, `x${place}`, `${place}${place}`]);
  return [...new Set([...places, ...devices, ...wrapped])];
}

const corpus = hostileNames();
const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...corpus) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  { weight: 1, arbitrary: fc.constantFrom('a', 'A', 'b.txt', 'B.TXT', 'b.txt (2)', 'b (2).txt', 'a (2)') },
);

/** As careless as a file system can be, and written another way than the product. */
const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .toLocaleUpperCase('en')
    .toLowerCase()
    .normalize('NFC')
    .replace(/\p{Cf}/gu, '');

test('no hostile name stays hostile', () => {
  assert.ok(corpus.length >= 500, `${corpus.length} names`);
  for (const hostile of corpus) {
    const safe = safeName(hostile);
    assert.deepEqual(faults(safe), [], JSON.stringify(hostile));
    for (const path of [posix, win32]) {
      const target = path.resolve('/target/folder');
      assert.equal(path.dirname(path.resolve(target, safe)), target, JSON.stringify(hostile));
    }
  }
});

test('any text becomes a safe name, and a safe name stays as it is', () => {
  fc.assert(
    fc.property(name, (text) => {
      const safe = safeName(text);
      assert.deepEqual(faults(safe), []);
      assert.equal(safeName(safe), safe);
      if (faults(text).length === 0) assert.equal(safe, text);
    }),
    { numRuns: 2_000 },
  );
});

test('what is legal everywhere is kept to the last code point', () => {
  const legal = [
    'Ärger.txt',
    'A\u0308rger.txt',
    '写真 2026.jpg',
    '👩\u200d👩\u200d👧.png',
    '.bashrc',
    ' leading',
    'a~1',
    'conx',
    'com',
    'com10.txt',
    'aux-1',
    '\u202eabc',
  ];
  for (const text of legal) assert.equal(safeName(text), text);
});

test('a long name is cut between code points and keeps its extension', () => {
  assert.equal(safeName(`${'x'.repeat(300)}.txt`), `${'x'.repeat(251)}.txt`);
  assert.equal(safeName(`${'é'.repeat(200)}.jpeg`), `${'é'.repeat(125)}.jpeg`);
  assert.equal(safeName('👩'.repeat(100)), '👩'.repeat(63));
  assert.equal(safeName(`x.${'y'.repeat(300)}`), `x.${'y'.repeat(253)}`);
});

test('trees have one place for every entry, whatever the names', () => {
  const entry = fc.record({
    kind: fc.constantFrom<TreeEntry['kind']>('file', 'folder'),
    path: fc.array(name, { maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
      const paths = safeTree(entries);
      assert.equal(paths.length, entries.length);
      const kinds = new Map<string, string>();
      for (const [i, path] of paths.entries()) {
        const { kind, path: given } = entries[i] as TreeEntry;
        assert.equal(path.length, given.length);
        for (const part of path) assert.deepEqual(faults(part), []);
        for (let depth = 1; depth <= path.length; depth++) {
          const file = kind === 'file' && depth === path.length;
          const source = file ? `file ${i}` : `folder ${JSON.stringify(given.slice(0, depth))}`;
          const place = JSON.stringify(path.slice(0, depth).map((part) => part.normalize('NFC').toLowerCase()));
          assert.equal(kinds.get(place) ?? source, source, 'a place belongs to one file or one folder');
          kinds.set(place, source);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('names that a file system may take for the same get a number', () => {
  const file = (...path: string[]): TreeEntry => ({ kind: 'file', path });
  const folder = (...path: string[]): TreeEntry => ({ kind: 'folder', path });
  const names = [
    'é.txt',
    'e\u0301.txt',
    'É.TXT',
    'E\u0301 (2).txt',
    'a?b',
    'a*b',
    'ﬁ',
    'fi\u200b',
    'fi',
    'straße',
    'STRASSE',
    'σς',
    'ΣΣ',
  ];
  const given = safeTree(names.map((each) => file(each))).map(([each]) => each as string);
  assert.equal(new Set(given.map(folded)).size, given.length, JSON.stringify(given));
  assert.equal(given[0], 'é.txt');
  assert.equal(given[1], 'e\u0301 (2).txt');
  assert.deepEqual(safeTree([file('A', 'x'), file('a', 'y'), file('A', 'z'), folder('A'), folder('a'), file('A')]), [
    ['A', 'x'],
    ['a (2)', 'y'],
    ['A', 'z'],
    ['A'],
    ['a (2)'],
    ['A (3)'],
  ]);
  assert.deepEqual(safeTree([file('x.tar.gz'), file('x.tar.gz'), folder()]), [['x.tar.gz'], ['x.tar (2).gz'], []]);
  const long = `${'x'.repeat(251)}.txt`;
  assert.deepEqual(safeTree([file(long), file(long)]), [[long], [`${'x'.repeat(247)} (2).txt`]]);
});

test('ten thousand equal names are told apart quickly', () => {
  const given = safeTree(Array.from({ length: 10_000 }, () => ({ kind: 'file' as const, path: ['same.txt'] })));
  assert.equal(new Set(given.map(([each]) => each)).size, 10_000);
});

/** Names: shown so that they cannot deceive, saved so that every system takes them, sent in a header without loss. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { safeFileName } from '../../web/platform/file-name.ts';
import { attachment } from '../../web/sw/disposition.ts';
import { fileKind, isProgram } from '../../web/ui/file-kind.ts';
import { plainName, visibleName } from '../../web/ui/visible-name.ts';

test('the real extension stands alone, whatever direction the text pretends', () => {
  const name = visibleName('invoice\u202Egpj.exe');
  assert.equal(name.extension, '.exe');
  assert.deepEqual(name.parts, [
    { text: 'invoice', mark: false },
    { text: 'U+202E', mark: true },
    { text: 'gpj', mark: false },
  ]);
  assert.equal(plainName('a\u200Bb.txt'), 'a[U+200B]b.txt');
});

test('joiners inside emoji and inside scripts that need them are left alone', () => {
  assert.equal(plainName('👩‍👩‍👧 holiday.jpg'), '👩‍👩‍👧 holiday.jpg');
  assert.equal(plainName('می‌خواهم.pdf'), 'می‌خواهم.pdf');
  assert.equal(plainName('pay\u200Cpal.pdf'), 'pay[U+200C]pal.pdf');
});

test('what is no extension is not shown as one', () => {
  for (const name of ['.bashrc', 'v1. final', 'plain', 'a.', 'x.averyveryverylongending']) {
    assert.equal(visibleName(name).extension, '', name);
  }
});

test('no hidden character survives in what is shown, and nothing visible is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (name) => {
      const { parts, extension } = visibleName(name);
      const shown = parts
        .filter(({ mark }) => !mark)
        .map(({ text }) => text)
        .join('');
      assert.doesNotMatch(shown + extension, /[\u202a-\u202e\u2066-\u2069\p{Cc}]/u);
      const back = parts.map(({ text, mark }) =>
        mark ? String.fromCodePoint(Number.parseInt(text.slice(2), 16)) : text,
      );
      assert.equal(back.join('') + extension, name);
    }),
  );
});

test('programs are known by their extension, in any case', () => {
  for (const name of ['a.EXE', 'x.js', 'setup.msi', 'letter.docm', 'invoice\u202Egpj.exe', 'cd.iso']) {
    assert.ok(isProgram(name), name);
  }
  for (const name of ['a.pdf', 'exe', 'notes.exe.txt']) assert.ok(!isProgram(name), name);
  assert.equal(fileKind('Holiday.JPG'), 'image');
});

test('a saved name is never a path, never reserved, never too long', () => {
  const hostile = [
    '../../etc/passwd',
    'a/b\\c',
    'CON',
    'con.txt',
    'NUL.',
    ' . ',
    '',
    'a:b*?"<>|',
    'x\u0000y',
    '…'.repeat(200),
  ];
  for (const name of hostile) {
    const safe = safeFileName(name);
    assert.doesNotMatch(safe, /[/\\:*?"<>|\p{Cc}]/u, name);
    assert.doesNotMatch(safe, /^(con|nul)(\.|$)/i, name);
    assert.ok(safe !== '' && safe !== '.' && safe !== '..', name);
    assert.ok(new TextEncoder().encode(safe).length <= 255, name);
  }
  assert.equal(safeFileName('Übersicht 2025.pdf'), 'Übersicht 2025.pdf');
  assert.equal(safeFileName(`${'n'.repeat(300)}.pdf`).slice(-4), '.pdf');
});

test('a saved name stays safe whatever comes in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const safe = safeFileName(name);
      assert.equal(safeFileName(safe), safe);
      assert.doesNotMatch(safe, /[/\\\p{Cc}]|^\.+$|[. ]$/u);
    }),
  );
});

test('the header carries the true name, and an ASCII one for old readers', () => {
  const header = attachment('it\'s 100% “naïve” "x".txt');
  assert.match(header, /^attachment; filename="[\x20-\x7e]*"; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]+$/);
  const encoded = header.split("UTF-8''")[1] ?? '';
  assert.equal(decodeURIComponent(encoded), 'it\'s 100% “naïve” "x".txt');
});

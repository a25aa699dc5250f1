/** The command line: what is understood, what is refused, and that nothing else ever happens. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Command, readArguments } from '../../reader/arguments.ts';
import { HoldfastError } from '../../shared/errors/index.ts';

const DIR = ['--dir', 'copy'];
const common = { source: { server: null, directory: 'copy' }, wordsFile: null };

test('each command as it is written in the help', () => {
  const id = 'ab'.repeat(16);
  const cases: [string[], Command][] = [
    [['list', ...DIR], { name: 'list', ...common, paths: [], allVersions: false, at: null, json: false }],
    [
      ['list', '--server', 'https://example.org:8443/app/', 'a', 'b c', '--all-versions', '--json'],
      {
        name: 'list',
        source: { server: 'https://example.org:8443', directory: null },
        wordsFile: null,
        paths: ['a', 'b c'],
        allVersions: true,
        at: null,
        json: true,
      },
    ],
    [
      ['restore', ...DIR, '--to', 'out', '--at', '2026-11-22T18:30Z', '--overwrite', '--', '--odd'],
      {
        name: 'restore',
        ...common,
        paths: ['--odd'],
        to: 'out',
        at: Date.UTC(2026, 10, 22, 18, 30),
        version: null,
        overwrite: true,
      },
    ],
    [
      ['restore', ...DIR, '--to', 'out', '--version', id, '--words-file', 'words'],
      { name: 'restore', ...common, wordsFile: 'words', paths: [], to: 'out', at: null, version: id, overwrite: false },
    ],
    [['verify', ...DIR, '--sample', '2.5%'], { name: 'verify', ...common, share: 0.025, json: false }],
    [['export', ...DIR, '--to', 'out'], { name: 'export', ...common, to: 'out' }],
  ];
  for (const [args, command] of cases) assert.deepEqual(readArguments(args), command, args.join(' '));
});

test('a day stands for its end', () => {
  const command = readArguments(['list', ...DIR, '--at', '2026-11-22']) as { at: number };
  assert.equal(command.at, new Date(2026, 10, 23).getTime() - 1);
});

test('help is asked for in several ways', () => {
  for (const args of [[], ['help'], ['--help'], ['-h'], ['restore', '--help']]) assert.equal(readArguments(args), null);
});

test('what makes no sense is refused with a reason', () => {
  const cases: [string[], RegExp][] = [
    [['lists', ...DIR], /no command/],
    [['list'], /--server URL or --dir/],
    [['list', ...DIR, '--server', 'https://example.org'], /--server URL or --dir/],
    [['list', '--server', 'example.org'], /address/],
    [['list', '--server', 'file:///etc'], /address/],
    [['list', ...DIR, '--to', 'x'], /no --to/],
    [['list', ...DIR, '--words', 'abandon'], /words/],
    [['restore', ...DIR], /--to/],
    [['restore', ...DIR, '--to', 'x', '--at', 'yesterday'], /--at/],
    [['restore', ...DIR, '--to', 'x', '--at', '2026-13-45'], /--at/],
    [['restore', ...DIR, '--to', 'x', '--version', 'x'], /hex/],
    [['restore', ...DIR, '--to', 'x', '--version', 'ab'.repeat(16), 'path'], /one file/],
    [['verify', ...DIR, 'path'], /no paths/],
    [['verify', ...DIR, '--sample', '0%'], /--sample/],
    [['verify', ...DIR, '--sample', '101%'], /--sample/],
  ];
  for (const [args, text] of cases)
    assert.throws(() => readArguments(args), { name: 'HoldfastError', code: 'E_INPUT', message: text }, args.join(' '));
});

test('any words at all are a command, help, or E_INPUT', () => {
  const word = fc.oneof(
    fc.constantFrom('list', 'restore', 'verify', 'export', '--dir', '--server', '--to', '--at', '--sample', '--json'),
    fc.constantFrom('--version', '--words-file', '--all-versions', '-h', '--', '-', '', '--=', '--at=', '__proto__'),
    fc.constantFrom('https://example.org', '2026-01-01', '5%', 'toString', 'constructor'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), (args) => {
      try {
        const command = readArguments(args);
        return command === null || ['list', 'restore', 'verify', 'export'].includes(command.name);
      } catch (error) {
        return error instanceof HoldfastError && error.code === 'E_INPUT';
      }
    }),
    { numRuns: 2_000 },
  );
});

#!/usr/bin/env node
/** `holdfast-read`: reads the command line and the words, opens the vault, does one thing, says how it ended. */
import { stateHash } from '../shared/account/index.ts';
import { sixWords } from '../shared/crypto/index.ts';
import { codeOf } from '../shared/errors/index.ts';
import { type Command, readArguments } from './arguments.ts';
import { exportVault } from './export.ts';
import { HELP } from './help.ts';
import { list } from './list.ts';
import { createOutput, type Output, shownError } from './output.ts';
import { restore } from './restore.ts';
import { type OpenVault, openSource, openVault, type Source } from './source.ts';
import { isWhole, verify } from './verify.ts';
import { readWords } from './words.ts';

const EXIT = { done: 0, incomplete: 1, usage: 2, failed: 3, interrupted: 130 } as const;

async function main(): Promise<number> {
  const output = createOutput({ out: process.stdout, err: process.stderr });
  let command: Command | null;
  try {
    command = readArguments(process.argv.slice(2));
  } catch (error) {
    output.note(`holdfast-read: ${shownError(error)}\nholdfast-read --help says how it is used.`);
    return EXIT.usage;
  }
  if (command === null) {
    await output.line(HELP.trimEnd());
    await output.flush();
    return EXIT.done;
  }
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  try {
    const code = await run(command, output, stop.signal);
    await output.flush();
    return code;
  } catch (error) {
    await output.flush();
    output.note(`holdfast-read: ${shownError(error)}`);
    return stop.signal.aborted || codeOf(error) === 'E_CANCELLED' ? EXIT.interrupted : EXIT.failed;
  }
}

async function run(command: Command, output: Output, signal: AbortSignal): Promise<number> {
  const source = await openSource(command.source, await readWords(command.wordsFile));
  try {
    return (await act(source, command, output, signal)) ? EXIT.done : EXIT.incomplete;
  } finally {
    await source.close();
  }
}

/** Answers whether all of it was done. */
async function act(source: Source, command: Command, output: Output, signal: AbortSignal): Promise<boolean> {
  if (command.name === 'export') return (await exportVault(source, command, output, signal)).failed === 0;
  const at = command.name === 'verify' ? null : command.at;
  const vault = await openVault(source, at === null ? { signal } : { signal, before: ({ t }) => t > at });
  switch (command.name) {
    case 'list':
      await list(vault.state, command, output);
      return true;
    case 'restore':
      return (await restore(vault, command, output, signal)).failed === 0;
    case 'verify':
      output.note(`state code: ${await stateCode(vault)}`);
      return isWhole(await verify(vault, command, output, signal));
  }
}

/** What another device of the account shows as well when it has seen the same history. */
async function stateCode(vault: OpenVault): Promise<string> {
  return sixWords(await stateHash({ vault })).join(' ');
}

// A reader that has seen enough, `head` say, is no failure.
process.stdout.on('error', () => process.exit(EXIT.done));
process.exitCode = await main();

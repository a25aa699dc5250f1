/** The recovery words: from a file, from standard input, or asked for on the terminal without showing them. */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { HoldfastError } from '../shared/errors/index.ts';

/** Errors: E_INPUT when there is nothing to ask or read; E_CANCELLED when the question is left. */
export async function readWords(file: string | null): Promise<string> {
  if (file === '-') return text(process.stdin);
  if (file !== null) return fromFile(file);
  if (!process.stdin.isTTY) throw new HoldfastError('E_INPUT', 'there is no terminal to ask on: use --words-file');
  return ask('Recovery words (not shown): ');
}

async function fromFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new HoldfastError('E_INPUT', `the words cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  return new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    lines.once('close', () => reject(new HoldfastError('E_CANCELLED', 'no words were given')));
    lines.once('SIGINT', () => lines.close());
  }).finally(() => {
    lines.close();
    process.stderr.write('\n');
  });
}

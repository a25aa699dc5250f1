/** Runs a command of the project's own node_modules and waits for it. */
import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { at, ROOT } from './project.ts';

export interface Outcome {
  ok: boolean;
  /** What it printed, both streams in order of arrival. */
  output: string;
}

const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${at('node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`,
  NO_UPDATE_NOTIFIER: '1',
});

/** Runs it silently and answers what it said. A command that cannot be started is a failed one. */
export function capture(command: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (text: string): void => {
      output += text;
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

/** Runs it with its output on the terminal. */
export function show(command: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, env: environment(), stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
}

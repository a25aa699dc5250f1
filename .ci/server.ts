/** Starts the server as a child of a script and passes signals on, so that it always stops in good order. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { at, ROOT } from './project.ts';

export interface RunningServer {
  readonly app: string;
  readonly share: string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  stop(): void;
}

/** Resolves when the server accepts connections; rejects when it ends before that, its own words already printed. */
export function startServer(): Promise<RunningServer> {
  // a group of its own: Ctrl-C reaches the server once, through us, not twice
  const child = spawn(process.execPath, [at('server/main.ts')], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
    // one line per request would bury what a person reads here
    env: { HOLDFAST_LOG_LEVEL: 'warn', ...process.env },
  });
  passSignals(child);
  const ended = new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`the server ended with code ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = /^holdfast listening app=(\S+) share=(\S+)/.exec(line);
      if (!ready) console.log(line);
      else resolve({ app: ready[1] ?? '', share: ready[2] ?? '', ended, stop: () => child.kill('SIGTERM') });
    });
  });
}

function passSignals(child: ChildProcess): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  process.on('exit', () => child.kill('SIGTERM'));
}

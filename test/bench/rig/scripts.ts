/** Starts a server of the rig in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { at } from '../../../.ci/project.ts';

/** `name` is a file of this folder that prints its port when it listens. */
export async function startScript(name: string, ...args: readonly string[]): Promise<{ address: string; end(): void }> {
  const script = at('test/bench/rig', `${name}.ts`);
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
  return { address: `http://127.0.0.1:${String(port).trim()}`, end: () => void child.kill('SIGKILL') };
}

/** The peer for backups and restores: restic, speaking HTTP over loopback to `rclone serve restic`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { filesUnder } from '../../../.ci/project.ts';
import { removeFolder } from '../../support/folders.ts';
import type { Corpus } from './corpora.ts';
import { digestOfFolder } from './corpora.ts';
import type { LongRoad } from './long-road.ts';
import { debianPeers } from './peers.ts';

export const RESTIC = 'restic over `rclone serve restic` on loopback, the time of the whole process';

export const RESTIC_DIFFERS = [
  'rclone writes packs without syncing them to disk; our server syncs file and folder before it acknowledges a pack.',
  'restic starts a process and derives its key from the password in the time measured; in ours the person is signed in.',
] as const;

export interface Ran {
  readonly seconds: number;
  /** Processor time of restic and rclone. */
  readonly cpu: number;
}

/** A repository of its own behind a server of its own. */
export class Restic {
  readonly #folder: string;
  readonly #rclone: ChildProcess;
  readonly #url: string;
  readonly #road: LongRoad | null;

  private constructor(folder: string, rclone: ChildProcess, url: string, road: LongRoad | null) {
    this.#folder = folder;
    this.#rclone = rclone;
    this.#url = url;
    this.#road = road;
  }

  /** An empty repository in `folder`, with an empty cache; `by`: the road that leads to it. */
  static async start(folder: string, by: ((server: string) => Promise<LongRoad>) | null = null): Promise<Restic> {
    await debianPeers('restic', 'rclone');
    await mkdir(join(folder, 'repository'), { recursive: true });
    const args = ['serve', 'restic', '--addr', '127.0.0.1:0', '--config', '', join(folder, 'repository')];
    const rclone = spawn('rclone', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      rclone.on('exit', () => reject(new Error(`rclone ended\n${said}`)));
      rclone.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const found = /API on (http:\S+)/.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
    });
    const road = (await by?.(url)) ?? null;
    const restic = new Restic(folder, rclone, road?.url ?? url, road);
    await restic.#run(['init'], folder);
    return restic;
  }

  backup({ path }: Corpus): Promise<Ran> {
    return this.#run(['backup', basename(path)], dirname(path));
  }

  /** Restores into `folder`, empty before. */
  restore(folder: string): Promise<Ran> {
    return this.#run(['restore', 'latest', '--target', folder], this.#folder);
  }

  /** What the repository's newest snapshot gives back, read from a folder that is removed again. */
  async digest(): Promise<string> {
    const folder = join(this.#folder, 'back');
    await this.restore(folder);
    const digest = await digestOfFolder(folder);
    await removeFolder(folder);
    return digest;
  }

  stored(): Promise<number> {
    return bytesUnder(join(this.#folder, 'repository'));
  }

  /** Ends the server and removes everything. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#rclone.once('exit', resolve));
    this.#rclone.kill();
    await ended;
    await this.#road?.close();
    await removeFolder(this.#folder);
  }

  async #run(args: readonly string[], cwd: string): Promise<Ran> {
    const env = {
      ...process.env,
      RESTIC_PASSWORD: 'holdfast',
      RESTIC_REPOSITORY: `rest:${this.#url}`,
      RESTIC_CACHE_DIR: join(this.#folder, 'cache'),
    };
    const before = await this.#cpu();
    const started = performance.now();
    const child = spawn('restic', ['--quiet', ...args], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    const seconds = (performance.now() - started) / 1000;
    if (code !== 0) throw new Error(`restic ${args.join(' ')} ended with ${code}\n${said}`);
    return { seconds, cpu: (await this.#cpu()) - before };
  }

  /** Of rclone so far, and of all children of ours that have ended. */
  async #cpu(): Promise<number> {
    const times = async (pid: string, from: number): Promise<number> => {
      const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const [user = 0, system = 0] = line
        .slice(line.lastIndexOf(')') + 2)
        .split(' ')
        .slice(from, from + 2)
        .map(Number);
      return (user + system) / 100;
    };
    return (await times(String(this.#rclone.pid), 11)) + (await times('self', 13));
  }
}

export async function bytesUnder(folder: string): Promise<number> {
  const sizes = await Promise.all((await filesUnder(folder)).map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

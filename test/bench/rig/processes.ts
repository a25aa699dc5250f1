/** What the processes below this one cost, as Linux counts it in /proc. On other systems there is nothing to read. */
import { readdir, readFile } from 'node:fs/promises';

/** Seconds of processor time by `kind/thread`, such as `extension/DedicatedWorker`. */
export type Costs = ReadonlyMap<string, number>;

interface Process {
  readonly pid: number;
  readonly kind: string;
}

const TICKS = 100;

const lines = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

/** Fields of a stat file after the name, which may hold anything. */
const fields = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ');

function kindOf(command: string): string {
  if (command.includes('server/main.ts')) return 'server';
  if (command.includes('bare-server.ts')) return 'bare-server';
  if (/^\S*(?:rclone|restic)\b/.test(command)) return /(rclone|restic)/.exec(command)?.[1] as string;
  if (/firefox/.test(command)) return 'firefox';
  if (command.includes('--extension-process')) return 'extension';
  const own = /--utility-sub-type=(\w+)/.exec(command)?.[1] ?? /--type=([\w-]+)/.exec(command)?.[1];
  return own ?? (command.includes('chrom') ? 'browser' : 'bench');
}

/** This process's descendants. */
export async function descendants(root = process.pid): Promise<Process[]> {
  const children = new Map<number, number[]>();
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(fields(await lines(`/proc/${name}/stat`))[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found: Process[] = [];
  const queue = [...(children.get(root) ?? [])];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    const command = (await lines(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ');
    if (command !== '') found.push({ pid, kind: kindOf(command) });
    queue.push(...(children.get(pid) ?? []));
  }
  return found;
}

/** What all descendants have cost so far. A worker's thread ends with it and is then among `ended`. */
export async function costs(): Promise<Costs> {
  const sums = new Map<string, number>();
  const add = (name: string, seconds: number): void => void sums.set(name, (sums.get(name) ?? 0) + seconds);
  const seconds = (stat: string): number => {
    const [user = 0, system = 0] = fields(stat).slice(11, 13).map(Number);
    return (user + system) / TICKS;
  };
  for (const { pid, kind } of await descendants()) {
    let left = seconds(await lines(`/proc/${pid}/stat`));
    for (const thread of await readdir(`/proc/${pid}/task`).catch(() => [])) {
      const stat = await lines(`/proc/${pid}/task/${thread}/stat`);
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')).replace(/[ #]?\d+$/, '');
      add(`${kind}/${name}`, seconds(stat));
      left -= seconds(stat);
    }
    add(`${kind}/ended`, Math.max(0, left));
  }
  return sums;
}

export interface Spent {
  readonly total: number;
  /** The dearest first, such as `extension/DedicatedWorker 3.21`. */
  readonly detail: string;
}

/** What was spent between two looks. */
export function spent(before: Costs, after: Costs): Spent {
  const each = new Map([...after].map(([name, seconds]) => [name, seconds - (before.get(name) ?? 0)]));
  // A thread that ended in between takes along among `ended` what it had cost before.
  for (const [name, seconds] of before) {
    const gone = seconds - (after.get(name) ?? 0);
    if (gone <= 0) continue;
    const ended = `${name.split('/', 1)[0]}/ended`;
    each.set(ended, (each.get(ended) ?? 0) - gone);
  }
  const dear = [...each].filter(([, seconds]) => seconds >= 0.05).sort(([, a], [, b]) => b - a);
  return {
    total: [...each.values()].reduce((sum, seconds) => sum + Math.max(0, seconds), 0),
    detail: dear.map(([name, seconds]) => `${name} ${seconds.toFixed(2)}`).join(', '),
  };
}

/** Memory that all descendants of these kinds have to themselves, shared pages split evenly, in bytes. */
export async function memoryOf(wanted: (kind: string) => boolean): Promise<number> {
  let kib = 0;
  for (const { pid, kind } of await descendants()) {
    if (!wanted(kind)) continue;
    kib += Number(/^Pss:\s+(\d+)/m.exec(await lines(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
  }
  return kib * 1024;
}

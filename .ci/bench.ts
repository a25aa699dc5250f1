/**
 * `npm run bench -- NAME…|all [--repeat N] [--quick] [--size BYTES] [--report]`: runs ours and the peer in turn and compares.
 * The last line of each is JSON. `all`, and any run with `--report`, writes docs/benchmarks.md and its plot, unless it was quick.
 */
import { readdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Bench, BenchOptions, Sample } from '../test/bench/rig/bench.ts';
import { agreedDigest, jsonLine, type Result, table } from '../test/bench/rig/figures.ts';
import { descendants } from '../test/bench/rig/processes.ts';
import { writeReport } from '../test/bench/rig/report.ts';
import { removeFolder, temporaryFolder } from '../test/support/folders.ts';
import { buildIfStale } from './build.ts';
import { at } from './project.ts';
import { setup } from './setup.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repeat: { type: 'string', default: '3' },
    quick: { type: 'boolean', default: false },
    size: { type: 'string' },
    report: { type: 'boolean', default: false },
  },
});

async function benches(): Promise<string[]> {
  const names = await readdir(at('test/bench'));
  return names.filter((name) => /^[a-z-]+\.ts$/.test(name)).map((name) => name.slice(0, -3));
}

async function load(name: string): Promise<Bench> {
  const { bench } = (await import(at('test/bench', `${name}.ts`))) as { bench: Bench };
  if (bench.name !== name) throw new Error(`test/bench/${name}.ts holds ${bench.name}`);
  return bench;
}

/** Ours, peer, ours, peer…: what slows the machine down for a while slows both. */
async function measure(bench: Bench, repeat: number, options: BenchOptions): Promise<Result> {
  console.log(`\n${bench.name}: ${bench.work}${bench.peer === null ? '' : `\nPeer: ${bench.peer}`}`);
  const [ours, peer]: [Sample[], Sample[]] = [[], []];
  const contest = await bench.open(options);
  try {
    for (let repetition = 0; repetition < Math.min(repeat, bench.repetitions ?? repeat); repetition++) {
      ours.push(told(bench, 'ours', await contest.ours(repetition)));
      if (contest.peer) peer.push(told(bench, 'peer', await contest.peer(repetition)));
    }
  } finally {
    await contest.close();
  }
  const result = { bench, ours, peer };
  agreedDigest(result);
  return result;
}

function told(bench: Bench, side: string, sample: Sample): Sample {
  console.log(`  ${side}  ${sample.figure.toPrecision(4)} ${bench.unit}  ${JSON.stringify(sample.extras ?? {})}`);
  if (sample.detail) console.log(`        ${sample.detail}`);
  return sample;
}

function print(result: Result): void {
  console.log(`\n${table(result)}`);
  for (const sentence of result.bench.differs) console.log(`Not the same work: ${sentence}`);
  console.log(jsonLine(result));
}

/** Nothing is left behind: not a server, not a browser, not a corpus. */
async function breakOff(folder: string): Promise<void> {
  for (const { pid } of await descendants()) process.kill(pid, 'SIGKILL');
  await removeFolder(folder);
  process.exit(1);
}

async function main(): Promise<void> {
  const known = await benches();
  const all = positionals.includes('all');
  const unknown = positionals.filter((name) => name !== 'all' && !known.includes(name));
  if (positionals.length === 0 || unknown.length > 0) {
    throw new Error(`${unknown.join(', ') || 'no name given'}: use all, or any of ${known.join(', ')}`);
  }
  await setup();
  await buildIfStale();
  const folder = await temporaryFolder('bench');
  process.env.TMPDIR = folder; // profiles and servers too are below it
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void breakOff(folder));
  const options = { quick: values.quick, size: values.size === undefined ? null : Number(values.size), folder };
  try {
    const results: Result[] = [];
    for (const name of all ? known : positionals) {
      // one that breaks does not take the others with it
      const result = await measure(await load(name), Number(values.repeat), options).catch(complain);
      if (result === null) continue;
      print(result);
      results.push(result);
    }
    const left = known.filter((name) => !results.some(({ bench }) => bench.name === name));
    if ((all || values.report) && !values.quick) await writeReport(results, left);
  } finally {
    await removeFolder(folder);
  }
}

function complain(error: Error): null {
  console.error(error);
  process.exitCode = 1;
  return null;
}

await main().catch(complain);

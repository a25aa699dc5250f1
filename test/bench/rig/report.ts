/** Writes docs/benchmarks.md and its plot from the results of one whole run. */
import { mkdir, writeFile } from 'node:fs/promises';
import { arch, cpus, release, totalmem } from 'node:os';
import { capture } from '../../../.ci/command.ts';
import { at } from '../../../.ci/project.ts';
import { chromiumPath, firefoxPath } from '../../../.ci/setup.ts';
import { type Result, ratioOf, reached, reachText, shown, table } from './figures.ts';
import { plot } from './plot.ts';

const HEAD = `# Benchmarks

What Holdfast does in a browser beside what the best known tools of the field do, measured in one go on one machine, ours
and the peer in turn. Written by \`npm run bench\`; do not edit by hand.

    npm run bench -- backup-large           # one of them; its last line is JSON
    npm run bench -- backup-large --quick   # a small corpus, to see the rig work: its figures say nothing
    npm run bench -- all --repeat 5         # everything, and this page

Ours runs in a real Chromium (where said, Firefox) with the built extension, over HTTP to the real server in a process of its
own, every sync to disk on. Each repetition begins with a fresh profile, account and vault, or a fresh repository and cache.
Files are read from a warm page cache on both sides. What comes back is compared byte for byte. Peers are installed at first
use, apart from the project: restic and rclone from Debian, others from \`test/bench/peers\`.

A cell is the median and, in brackets, the least and the most. A ratio above 1 says that ours is ahead.
`;

/** `left`: names of benches that were not run, or broke. */
export async function writeReport(results: readonly Result[], left: readonly string[]): Promise<void> {
  const bars = results.flatMap((result) => {
    const ratio = ratioOf(result);
    return ratio === null ? [] : [{ name: result.bench.name, ratio }];
  });
  await mkdir(at('docs/images'), { recursive: true });
  await writeFile(
    at('docs/images/benchmarks.svg'),
    plot('Ours compared with the peer; right of the line, ours is ahead', bars),
  );
  const missing = left.length === 0 ? [] : [`Not in this run: ${left.map((name) => `\`${name}\``).join(', ')}.\n`];
  const parts = [HEAD, await machine(), PICTURE, ...missing, ...results.map(section)];
  await writeFile(at('docs/benchmarks.md'), `${parts.join('\n').trimEnd()}\n`);
}

const PICTURE = '![The ratios of this page as bars](images/benchmarks.svg)\n';

function section(result: Result): string {
  const { bench } = result;
  const ratio = ratioOf(result);
  const bounds = bench.reach.map(
    (reach) => `${reachText(bench, reach)}${reached(result, reach) ? '' : ' (**not reached**)'}`,
  );
  const verdict = `${ratio === null ? '' : `Ratio **${shown(ratio)}**. `}To reach: ${bounds.join('; ')}.`;
  const parts = [
    `## ${bench.name}\n`,
    `${bench.work}${bench.peer === null ? '' : ` Peer: ${bench.peer}.`}\n`,
    `${table(result)}\n`,
  ];
  if (bench.differs.length > 0)
    parts.push(`Not the same work:\n\n${bench.differs.map((line) => `- ${line}`).join('\n')}\n`);
  return [...parts, `${verdict}\n`].join('\n');
}

async function machine(): Promise<string> {
  const facts = [
    ['Day', new Date().toISOString().slice(0, 10)],
    ['Commit', await said('git rev-parse --short HEAD')],
    ['Processor', `${cpus().length} × ${cpus()[0]?.model ?? arch()}`],
    ['Memory', `${Math.round(totalmem() / 2 ** 30)} GiB`],
    ['System', `Linux ${release()}`],
    ['Node', process.version],
    ['Chromium', await said(`${chromiumPath()} --version`)],
    ['Firefox', await said(`${firefoxPath()} --version`)],
    ['Peers', `${await said('restic version')}; ${(await said('rclone version')).split('\n')[0]}`],
  ];
  return `| Machine | |\n|---|---|\n${facts.map(([what, value]) => `| ${what} | ${value} |`).join('\n')}\n`;
}

async function said(command: string): Promise<string> {
  const [program = '', ...args] = command.split(' ');
  const { ok, output } = await capture(program, args);
  // A wrapper may have something to say first.
  return ok ? (output.trim().split('\n').at(-1) ?? '') : 'not there';
}

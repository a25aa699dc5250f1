/**
 * `npm test [unit|e2e] [part of a file name…]`: browsers, build, nets, unit tests, tests in real browsers, web-ext lint.
 * Failures come in full; the last line is always `N passed, N failed`. The exit code is 0 only when something ran and
 * nothing failed.
 */
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { buildIfStale, buildModes } from './build.ts';
import { capture, type Outcome } from './command.ts';
import { NETS } from './nets.ts';
import { at, filesUnder, ROOT } from './project.ts';
import { setup } from './setup.ts';
import { type Failure, runSuite, type Tally } from './suite.ts';

const GROUPS = ['unit', 'e2e'] as const;
type Group = (typeof GROUPS)[number];

const MINUTE = 60_000;
const isGroup = (word: string): word is Group => (GROUPS as readonly string[]).includes(word);

const words = process.argv.slice(2);
const groups = words.some(isGroup) ? GROUPS.filter((group) => words.includes(group)) : GROUPS;
const parts = words.filter((word) => !isGroup(word));
const whole = words.length === 0;

let passed = 0;
const failures: Failure[] = [];

function add(tally: Tally): void {
  passed += tally.passed;
  failures.push(...tally.failures);
}

/** A check outside node:test that counts as one test. */
async function step(name: string, action: () => Promise<Outcome>): Promise<boolean> {
  const started = Date.now();
  const { ok, output } = await action().catch((error: Error) => ({ ok: false, output: error.stack ?? error.message }));
  line(ok, name, '', Date.now() - started);
  if (ok) passed += 1;
  else failures.push({ file: name, name, text: output });
  return ok;
}

function line(ok: boolean, name: string, count: string, milliseconds: number): void {
  console.log(
    `${ok ? '✔' : '✖'} ${name.padEnd(56)} ${count.padStart(10)} ${(milliseconds / 1000).toFixed(1).padStart(7)} s`,
  );
}

const done = async (action: Promise<void>): Promise<Outcome> => action.then(() => ({ ok: true, output: '' }));

async function group(name: Group): Promise<void> {
  const all = (await filesUnder(at('test'))).filter((path) => path.endsWith('.test.ts'));
  const files = all.filter((path) => {
    const file = relative(ROOT, path);
    return (
      file.startsWith('test/e2e/') === (name === 'e2e') &&
      (parts.length === 0 || parts.some((part) => file.includes(part)))
    );
  });
  console.log(`\n${name}: ${files.length} files`);
  const concurrency = name === 'unit' ? availableParallelism() : 1;
  const timeout = name === 'unit' ? 2 * MINUTE : 15 * MINUTE;
  const onFile = (file: string, ran: number, failed: number, took: number): void =>
    line(failed === 0, file, failed === 0 ? `${ran}` : `${failed} of ${ran + failed}`, took);
  add(await runSuite({ files, concurrency, timeout, onFile }));
}

interface LintReport {
  errors: LintFinding[];
  warnings: LintFinding[];
}
interface LintFinding {
  code: string;
  message: string;
  file?: string;
  line?: number;
}

/** Mozilla's own check; its warnings are shown, its errors fail. */
async function lintForFirefox(): Promise<Outcome> {
  const args = ['lint', '--source-dir', 'dist/firefox', '--no-config-discovery', '--output', 'json'];
  const { output } = await capture('web-ext', args);
  const { errors, warnings } = JSON.parse(output.slice(output.indexOf('{'))) as LintReport;
  const told = ({ code, message, file = '', line = 0 }: LintFinding): string => `${code}  ${file}:${line}  ${message}`;
  for (const warning of warnings) console.log(`  warning  ${told(warning)}`);
  return { ok: errors.length === 0, output: errors.map(told).join('\n') };
}

const ready =
  (await step('browsers are there', () => done(setup()))) &&
  (await step('build', () => done(whole ? buildModes() : buildIfStale())));
if (ready) {
  if (whole) for (const net of NETS) await step(net.name, () => net.draw());
  for (const name of groups) await group(name);
  if (whole) await step('web-ext lint dist/firefox', lintForFirefox);
}

for (const { file, name, text } of failures) console.log(`\n✖ ${file} › ${name}\n${text.replace(/^/gm, '    ')}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 && passed > 0 ? 0 : 1);

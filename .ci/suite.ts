/** Runs test files through node:test and counts them strictly: a skipped test and a file without tests are failures. */
import { relative } from 'node:path';
import type { EventData } from 'node:test';
import { run } from 'node:test';
import { inspect, stripVTControlCharacters } from 'node:util';
import { ROOT } from './project.ts';

export interface Failure {
  readonly file: string;
  readonly name: string;
  readonly text: string;
}

export interface Tally {
  passed: number;
  readonly failures: Failure[];
}

export interface SuiteOptions {
  readonly files: readonly string[];
  /** How many files run at once, each in its own process. */
  readonly concurrency: number;
  /** Milliseconds a test may take. */
  readonly timeout: number;
  /** Called once per file, when its process ended. */
  onFile(file: string, passed: number, failed: number, milliseconds: number): void;
}

export async function runSuite(options: SuiteOptions): Promise<Tally> {
  const { files, concurrency, timeout } = options;
  const tally: Tally = { passed: 0, failures: [] };
  if (files.length === 0) return tally;
  const said = new Map<string, string>();
  const counts = new Map<string, { passed: number; failed: number }>();
  const countOf = (file: string) => {
    const found = counts.get(file) ?? { passed: 0, failed: 0 };
    counts.set(file, found);
    return found;
  };
  const fail = (test: EventData.TestFail | EventData.TestPass, text: string): void => {
    const file = fileOf(test) ?? test.name;
    countOf(file).failed += 1;
    tally.failures.push({ file: relative(ROOT, file), name: test.name, text });
  };
  const hear = ({ file, message }: { file: string | undefined; message: string }): void => {
    if (file !== undefined) said.set(file, (said.get(file) ?? '') + message);
  };

  const stream = run({ files: [...files], concurrency, timeout, execArgv: ['--disable-warning=ExperimentalWarning'] });
  stream.on('test:stdout', hear).on('test:stderr', hear);
  stream.on('test:pass', (test) => {
    if (test.details.type === 'suite') return;
    if (isFile(test)) return fail(test, 'holds no test');
    if (test.skip !== undefined || test.todo !== undefined) return fail(test, 'was skipped');
    countOf(fileOf(test) ?? '').passed += 1;
    tally.passed += 1;
  });
  stream.on('test:fail', (test) => {
    // a suite fails because a test in it did, which is counted there, unless its own hooks threw
    if (test.details.type === 'suite' && isEcho(test)) return;
    if (isFile(test) && isEcho(test)) return;
    fail(test, describeError(test.details.error));
  });
  stream.on('test:summary', ({ file, duration_ms: took }) => {
    if (file === undefined) return;
    const { passed, failed } = countOf(file);
    options.onFile(relative(ROOT, file), passed, failed, took);
  });
  await new Promise((resolve) => stream.on('end', resolve).resume());

  return { passed: tally.passed, failures: tally.failures.map((failure) => withOutput(failure, said)) };
}

/** The file that was run, also for tests that a shared suite declared for it; not in the types yet. */
const fileOf = (test: { file?: string | undefined; entryFile?: string }): string | undefined =>
  test.entryFile ?? test.file;

/** A file that could not be loaded, or in which nothing was declared, is reported as a test named after the file. */
const isFile = (test: EventData.TestPass | EventData.TestFail): boolean =>
  test.nesting === 0 && /\.test\.ts$/.test(test.name);

function isEcho(test: EventData.TestFail): boolean {
  return (test.details.error as Error & { failureType?: string }).failureType === 'subtestsFailed';
}

function describeError(error: Error): string {
  const cause = error.cause;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause ?? error, { depth: 5 });
  return stripVTControlCharacters(text);
}

function withOutput(failure: Failure, said: ReadonlyMap<string, string>): Failure {
  const output = [...said].find(([file]) => relative(ROOT, file) === failure.file)?.[1].trim();
  return output ? { ...failure, text: `${failure.text}\n--- the file printed:\n${output.slice(-4000)}` } : failure;
}

/** Temporary folders for tests, removed when the test is over. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export async function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `holdfast-${name}-`));
}

/** A browser's child processes may still write while they end: tried again for a moment. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

/** Vaults for the reader's tests, and the reader as a process. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { at, ROOT } from '../../.ci/project.ts';
import type { Output } from '../../reader/output.ts';
import type { OpenVault } from '../../reader/source.ts';
import type { Session } from '../../shared/account/index.ts';
import { type ArchiveItem, createArchiver, createLane } from '../../shared/archiver/index.ts';
import { vaultKeys } from '../../shared/crypto/index.ts';
import { hashTree } from '../support/corpus.ts';
import {
  type Founder,
  foundVault,
  joinVault,
  memoryFindings,
  memoryJournal,
  noTokens,
  random,
  sourceOf,
  type TestDevice,
} from '../support/fixtures.ts';
import { MemoryServer } from '../support/memory-server.ts';

export const NEVER = new AbortController().signal;

export interface MemoryVault {
  readonly server: MemoryServer;
  readonly founder: Founder;
  readonly device: TestDevice;
  readonly vault: OpenVault;
}

/** A vault in memory as the reader sees it: its state is the device's own. */
export async function memoryVault(): Promise<MemoryVault> {
  const server = new MemoryServer();
  const founder = await foundVault(server);
  const device = await joinVault(server, founder);
  const vault: OpenVault = {
    vaultId: founder.vaultId,
    get state() {
      return device.vault.state;
    },
    vaultKeys: { ...(await vaultKeys(random.bytes(32))), index: founder.indexKey },
    domain: device.domain,
    accountEntries: 0,
    readPack: (id, range) => server.pack('', id, range),
    missing: async (ids) => ids.filter((id) => !server.packs.has(id)),
  };
  return { server, founder, device, vault };
}

export interface Recorded extends Output {
  readonly lines: string[];
  readonly notes: string[];
}

export function recorder(): Recorded {
  const lines: string[] = [];
  const notes: string[] = [];
  return {
    lines,
    notes,
    line: async (text) => void lines.push(text),
    note: (text) => void notes.push(text),
    progress: (text) => void text(),
  };
}

/** Puts a session's files into its vault on a real server. */
export async function archiveAs(
  session: Session,
  items: readonly ArchiveItem[],
  findings = memoryFindings(),
): Promise<void> {
  const { vault, domain, deviceId, ports } = session;
  const lanes = [await createLane(domain, { random, fillsFromFiles: true })];
  const deps = {
    vault,
    domain,
    deviceId,
    ...ports,
    indexKey: session.vaultKeys.index,
    lanes,
    journal: memoryJournal(),
    tokens: noTokens,
    findings,
  };
  const summary = await createArchiver(deps).archive(items, { signal: NEVER, onEvent: () => {} });
  if (summary.committed !== items.length) throw new Error(`${summary.committed} of ${items.length} files committed`);
}

/** Every file under a folder as an item of the archiver. */
export async function itemsOf(folder: string): Promise<ArchiveItem[]> {
  const items: ArchiveItem[] = [];
  for (const [path, { size, mtime }] of await hashTree(folder)) {
    const parts = path.split('/');
    items.push({
      key: path,
      path: parts.slice(0, -1),
      name: parts.at(-1) as string,
      size,
      versionId: random.bytes(16),
      capturedAt: Date.now(),
      sourceUrl: null,
      sourceTitle: null,
      open: async () => sourceOf(new Uint8Array(await readFile(join(folder, path))), mtime),
    });
  }
  return items;
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `holdfast-read` with the words on its standard input. */
export function runReader(words: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [at('reader/main.ts'), ...args, '--words-file', '-'], { cwd: ROOT });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(words);
  });
}

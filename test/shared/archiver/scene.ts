/** What the archiver's tests share: items, a device that backs up, another that gets everything back. */
import assert from 'node:assert/strict';
import {
  type ArchiveEvent,
  type ArchiveItem,
  createArchiver,
  type SourceFile,
} from '../../../shared/archiver/index.ts';
import { type Bytes, concat } from '../../../shared/bytes/index.ts';
import { type ErrorCode, HoldfastError } from '../../../shared/errors/index.ts';
import { planVersion, restoreLength, restoreStream } from '../../../shared/restorer/index.ts';
import { type Founder, foundVault, joinVault, random, sourceOf, type TestDevice } from '../../support/fixtures.ts';
import { MemoryServer } from '../../support/memory-server.ts';

export interface Scene {
  readonly server: MemoryServer;
  readonly founder: Founder;
  readonly device: TestDevice;
}

export async function setUp(): Promise<Scene> {
  const server = new MemoryServer();
  const founder = await foundVault(server);
  return { server, founder, device: await joinVault(server, founder) };
}

export function item(path: string, content: Bytes, mtime = 1_000, open?: () => Promise<SourceFile>): ArchiveItem {
  const parts = path.split('/');
  return {
    key: path,
    size: content.length,
    path: parts.slice(0, -1),
    name: parts.at(-1) as string,
    versionId: random.bytes(16),
    capturedAt: 5,
    sourceUrl: null,
    sourceTitle: null,
    open: open ?? (async () => sourceOf(content, mtime)),
  };
}

export interface Told {
  readonly events: readonly ArchiveEvent[];
  /** How the run ended; null when it did well. */
  readonly error: unknown;
  readonly sentPacks: number;
}

/** One run to its end, whatever that is. */
export async function backUp(
  device: TestDevice,
  items: Iterable<ArchiveItem> | AsyncIterable<ArchiveItem>,
  {
    signal = new AbortController().signal,
    onEvent,
  }: { signal?: AbortSignal; onEvent?: (e: ArchiveEvent) => void } = {},
): Promise<Told> {
  const events: ArchiveEvent[] = [];
  const take = (event: ArchiveEvent): void => {
    events.push(event);
    onEvent?.(event);
  };
  try {
    const { sentPacks } = await createArchiver(device).archive(items, { signal, onEvent: take });
    return { events, error: null, sentPacks };
  } catch (error) {
    return { events, error, sentPacks: 0 };
  }
}

export const keysOf = ({ events }: Told, type: ArchiveEvent['type']): string[] =>
  events.filter((event) => event.type === type).map(({ key }) => key);

export function codesOf({ events }: Told): ReadonlyMap<string, ErrorCode> {
  return new Map(events.flatMap((event) => (event.type === 'failed' ? [[event.key, event.error.code]] : [])));
}

/** The bytes of a version, verified, as `device` knows the vault. */
export async function restored(server: MemoryServer, { vault, domain }: TestDevice, versionId: string): Promise<Bytes> {
  const readPack = (id: string, range: { start: number; end: number }) => server.pack('', id, range);
  const set = planVersion({ state: vault.state, keys: domain }, versionId);
  const parts: Bytes[] = [];
  for await (const part of restoreStream(set, readPack, new AbortController().signal)) parts.push(part.slice());
  const all = concat(...parts);
  assert.equal(all.length, restoreLength(set));
  return all;
}

export const offline = (): HoldfastError => new HoldfastError('E_OFFLINE', 'the answer was lost');

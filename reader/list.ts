/** `list`: names, sizes and dates; with `--all-versions` every version of everything there ever was. */
import { toHex } from '../shared/bytes/index.ts';
import { VERSION_FLAG } from '../shared/format/index.ts';
import type { VaultState, VersionState } from '../shared/vault/index.ts';
import type { ListCommand } from './arguments.ts';
import { type Output, shownBytes, shownPath, shownTime } from './output.ts';
import { createMatcher, idOf, newestOf, requireFound, type TreeEntry, treeOf } from './tree.ts';

const SIZE_WIDTH = 14;

export async function list(state: VaultState, command: ListCommand, output: Output): Promise<void> {
  const matches = createMatcher(command.paths);
  const entries = [...treeOf(state, command.allVersions)].filter(matches);
  requireFound(entries, command.paths);
  const line = command.json ? jsonLine : command.allVersions ? versionLine : fileLine;
  let files = 0;
  let bytes = 0;
  for (const entry of entries) {
    const versions = command.allVersions && entry.kind === 'file' ? entry.versions : [newestOf(entry)];
    for (const version of versions) await output.line(line(state, entry, version));
    if (entry.kind === 'folder') continue;
    files += 1;
    bytes += newestOf(entry).size;
  }
  output.note(`${files} files, ${shownBytes(bytes)}`);
}

function named({ kind, path, deleted }: TreeEntry): string {
  return shownPath(path) + (kind === 'folder' ? '/' : '') + (deleted ? '  (deleted)' : '');
}

function sized({ kind }: TreeEntry, { size }: VersionState): string {
  return (kind === 'folder' ? '' : String(size)).padStart(SIZE_WIDTH);
}

function fileLine(_: VaultState, entry: TreeEntry, version: VersionState): string {
  return `${shownTime(version.mtime).padEnd(19)} ${sized(entry, version)}  ${named(entry)}`;
}

function versionLine(_: VaultState, entry: TreeEntry, version: VersionState): string {
  const id = entry.kind === 'folder' ? '' : idOf(version);
  return `${id.padEnd(32)}  ${shownTime(version.capturedAt).padEnd(19)} ${sized(entry, version)}  ${named(entry)}`;
}

function jsonLine(state: VaultState, { path, kind, deleted }: TreeEntry, version: VersionState): string {
  return JSON.stringify({
    path,
    kind,
    deleted,
    versionId: idOf(version),
    size: version.size,
    mtime: version.mtime,
    capturedAt: version.capturedAt,
    device: state.devices.get(toHex(version.deviceId))?.name ?? null,
    mime: version.mime,
    sourceUrl: version.attributes.get('url') ?? null,
    changedDuringRead: (version.flags & VERSION_FLAG.changedDuringRead) !== 0,
  });
}

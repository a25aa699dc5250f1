/**
 * The catalog: a vault's state as a person looks at it. Nouns: row, folder, version, crumb. Promises: lists only what the
 * verified log says. May not: fetch, decrypt, or keep anything on disk. Sums of folders are kept per state of the log.
 */
import { toHex } from '../bytes/index.ts';
import { HoldfastError } from '../errors/index.ts';
import { VERSION_FLAG } from '../format/index.ts';
import {
  factsOf,
  mimeOf,
  NONE,
  ROOT,
  ROOT_ROW,
  rowOf,
  type VaultState,
  type VersionState,
  versionsOf,
} from '../vault/index.ts';
import { byName, firstRows, type SortKey } from './order.ts';
import { Search } from './search.ts';
import { Tree } from './tree.ts';

export interface CatalogRow {
  readonly fileId: string;
  readonly name: string;
  readonly kind: 'file' | 'folder';
  /** Bytes; for a folder of everything under it. */
  readonly size: number;
  readonly mtime: number;
  readonly versions: number;
  /** Files under a folder; 1 for a file. */
  readonly files: number;
  /** Names of the folders above, from the root. */
  readonly path: readonly string[];
  readonly mime: string | null;
  readonly changedDuringRead: boolean;
  readonly sourceUrl: string | null;
}

interface CatalogVersion {
  readonly versionId: string;
  readonly size: number;
  readonly mtime: number;
  readonly capturedAt: number;
  readonly device: string;
  readonly current: boolean;
  readonly changedDuringRead: boolean;
  readonly sourceUrl: string | null;
}

interface Crumb {
  readonly fileId: string;
  readonly name: string;
}

interface CatalogFolder {
  readonly crumbs: readonly Crumb[];
  readonly rows: readonly CatalogRow[];
  /** How many rows there are, also where fewer were asked for. */
  readonly total: number;
}

export type { SortKey };

export interface Catalog {
  /** The first rows of a folder, folders before files; null is the root. E_NOT_FOUND when there is no such folder. */
  folder(folderId: string | null, sort: SortKey, descending: boolean, limit?: number): CatalogFolder;
  /**
   * Live files and folders whose name contains the query, whatever its case or accents' form; best first. An empty query
   * finds nothing and makes the next one quick.
   */
  search(query: string, limit: number): CatalogRow[];
  /** Newest first. E_NOT_FOUND. */
  versions(fileId: string): CatalogVersion[];
  readonly fileCount: number;
}

/** A catalog of a state that goes on changing, or is another one after the next sign-in; it notices both. */
export function createCatalog(stateOf: () => VaultState): Catalog {
  let last: Tree | null = null;
  const searching = new Search();

  function tree(): Tree {
    const state = stateOf();
    if (last?.state !== state || last.seq !== state.seq) last = new Tree(state);
    return last;
  }

  return {
    folder(folderId, sort, descending, limit = Number.POSITIVE_INFINITY) {
      const here = tree();
      const folder = rowOf(here.state, folderId ?? ROOT);
      if (folder === NONE || !here.state.nodes.isFolder(folder))
        throw new HoldfastError('E_NOT_FOUND', 'no such folder');
      const above = crumbs(here.state, folder);
      const path = namesOf(above);
      const { first, total } = firstRows(here, folder, sort, descending, limit);
      return { crumbs: above, rows: first.map((row) => describeNode(here, row, path)), total };
    },
    search(query, limit) {
      const here = tree();
      const paths = new Map<number, readonly string[]>();
      const pathTo = (folder: number): readonly string[] => {
        let path = paths.get(folder);
        if (path === undefined) {
          path = namesOf(crumbs(here.state, folder));
          paths.set(folder, path);
        }
        return path;
      };
      const ranked = searching.find(here, query, limit).map(({ row, begins }) => ({
        begins,
        row: describeNode(here, row, pathTo(here.state.nodes.parent.get(row))),
      }));
      ranked.sort((a, b) => Number(b.begins) - Number(a.begins) || byName.compare(a.row.name, b.row.name));
      return ranked.map(({ row }) => row);
    },
    versions(fileId) {
      return versionRows(stateOf(), fileId);
    },
    get fileCount() {
      return tree().sums(ROOT_ROW).files;
    },
  };
}

const namesOf = (path: readonly Crumb[]): string[] => path.map((crumb) => crumb.name);

function describeNode(tree: Tree, row: number, path: readonly string[]): CatalogRow {
  const { state } = tree;
  const { nodes, names, versions } = state;
  const newest = nodes.newest.get(row);
  const facts = factsOf(state, newest, true);
  const { size, files, mtime } = tree.sums(row);
  return {
    fileId: toHex(nodes.id.view(row)),
    name: names.name(nodes.nameAt.get(row)),
    kind: nodes.isFolder(row) ? 'folder' : 'file',
    size,
    files,
    mtime: mtime || versions.mtime.get(newest),
    versions: nodes.versionCount(row),
    path,
    mime: mimeOf(state, facts.mime),
    changedDuringRead: (facts.flags & VERSION_FLAG.changedDuringRead) !== 0,
    sourceUrl: facts.attributes.get('url') ?? null,
  };
}

function versionRows(state: VaultState, fileId: string): CatalogVersion[] {
  const newestFirst = versionsOf(state, { fileId }).toReversed();
  if (newestFirst.length === 0) throw new HoldfastError('E_NOT_FOUND', 'no such file');
  return newestFirst.map((version, i) => describe(state, version, i === 0));
}

function describe(state: VaultState, version: VersionState, current: boolean): CatalogVersion {
  return {
    versionId: toHex(version.versionId),
    size: version.size,
    mtime: version.mtime,
    capturedAt: version.capturedAt,
    device: state.devices.get(toHex(version.deviceId))?.name ?? '',
    current,
    changedDuringRead: (version.flags & VERSION_FLAG.changedDuringRead) !== 0,
    sourceUrl: version.attributes.get('url') ?? null,
  };
}

/** The folders from the root to this one, the root left out. */
function crumbs({ nodes, names }: VaultState, folder: number): Crumb[] {
  const out: Crumb[] = [];
  for (let row = folder; row !== ROOT_ROW; row = nodes.parent.get(row))
    out.push({ fileId: toHex(nodes.id.view(row)), name: names.name(nodes.nameAt.get(row)) });
  return out.reverse();
}

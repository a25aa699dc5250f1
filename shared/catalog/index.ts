/**
 * The catalog: a vault's state as a person looks at it. Nouns: row, folder, version, crumb. Promises: lists only what the
 * verified log says. May not: fetch, decrypt, or keep anything on disk. Sums of folders are kept per state of the log.
 */
import { toHex } from '../bytes/index.ts';
import { HoldfastError } from '../errors/index.ts';
import { NODE_KIND, VERSION_FLAG } from '../format/index.ts';
import {
  childrenOf,
  hasFolder,
  type NodeState,
  newestVersion,
  nodeById,
  nodesOf,
  ROOT,
  type VaultState,
  type VersionState,
  versionsOf,
} from '../vault/index.ts';

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
  readonly parentId: string | null;
  readonly mime: string | null;
  readonly changedDuringRead: boolean;
  readonly sourceUrl: string | null;
}

export interface CatalogVersion {
  readonly versionId: string;
  readonly size: number;
  readonly mtime: number;
  readonly capturedAt: number;
  readonly device: string;
  readonly current: boolean;
  readonly changedDuringRead: boolean;
  readonly sourceUrl: string | null;
}

export interface Crumb {
  readonly fileId: string;
  readonly name: string;
}

export type SortKey = 'name' | 'size' | 'mtime';

interface Sums {
  size: number;
  files: number;
  mtime: number;
}

export interface Catalog {
  /** Rows of a folder, folders first; null is the root. E_NOT_FOUND when there is no such folder. */
  folder(folderId: string | null, sort: SortKey, descending: boolean): { crumbs: Crumb[]; rows: CatalogRow[] };
  /** Live files and folders whose name contains the query, whatever its case or accents' form; best first. */
  search(query: string, limit: number): CatalogRow[];
  /** Newest first. E_NOT_FOUND. */
  versions(fileId: string): CatalogVersion[];
  readonly fileCount: number;
}

const byName = new Intl.Collator(undefined, { numeric: true });

/** A catalog of a state that goes on changing, or is another one after the next sign-in; it notices both. */
export function createCatalog(stateOf: () => VaultState): Catalog {
  let summed: { state: VaultState; seq: number } | null = null;
  const sums = new Map<string, Sums>();

  function sumsOf(state: VaultState, folderId: string): Sums {
    if (summed?.state !== state || summed.seq !== state.seq) {
      sums.clear();
      summed = { state, seq: state.seq };
    }
    const known = sums.get(folderId);
    if (known !== undefined) return known;
    const sum = { size: 0, files: 0, mtime: 0 };
    for (const child of childrenOf(state, folderId)) {
      const own = child.kind === NODE_KIND.folder ? sumsOf(state, child.fileId) : fileSums(state, child);
      sum.size += own.size;
      sum.files += own.files;
      sum.mtime = Math.max(sum.mtime, own.mtime);
    }
    sums.set(folderId, sum);
    return sum;
  }

  function row(state: VaultState, node: NodeState): CatalogRow {
    const isFolder = node.kind === NODE_KIND.folder;
    const version = newestVersion(state, node);
    const { size, files, mtime } = isFolder ? sumsOf(state, node.fileId) : fileSums(state, node);
    return {
      fileId: node.fileId,
      name: node.name,
      kind: isFolder ? 'folder' : 'file',
      size,
      files,
      mtime: mtime || version.mtime,
      versions: node.versionCount,
      path: crumbs(state, node.parent).map((crumb) => crumb.name),
      parentId: node.parent === ROOT ? null : node.parent,
      mime: version.mime,
      changedDuringRead: (version.flags & VERSION_FLAG.changedDuringRead) !== 0,
      sourceUrl: version.attributes.get('url') ?? null,
    };
  }

  return {
    folder(folderId, sort, descending) {
      const state = stateOf();
      const id = folderId ?? ROOT;
      if (!hasFolder(state, id)) throw new HoldfastError('E_NOT_FOUND', 'no such folder');
      const rows = [...childrenOf(state, id)].map((node) => row(state, node));
      return { crumbs: crumbs(state, id), rows: rows.sort(order(sort, descending)) };
    },
    search(query, limit) {
      const state = stateOf();
      const wanted = fold(query.trim());
      if (wanted === '') return [];
      const found: { node: NodeState; rank: number }[] = [];
      for (const node of nodesOf(state)) {
        const at = node.deleted ? -1 : fold(node.name).indexOf(wanted);
        if (at >= 0) found.push({ node, rank: at === 0 ? 0 : 1 });
      }
      found.sort((a, b) => a.rank - b.rank || byName.compare(a.node.name, b.node.name));
      return found
        .filter(({ node }) => isLive(state, node))
        .slice(0, limit)
        .map(({ node }) => row(state, node));
    },
    versions(fileId) {
      return versionRows(stateOf(), fileId);
    },
    get fileCount() {
      return sumsOf(stateOf(), ROOT).files;
    },
  };
}

function versionRows(state: VaultState, fileId: string): CatalogVersion[] {
  const newestFirst = versionsOf(state, { fileId }).toReversed();
  if (newestFirst.length === 0) throw new HoldfastError('E_NOT_FOUND', 'no such file');
  return newestFirst.map((version, i) => describe(state, version, i === 0));
}

function fileSums(state: VaultState, node: NodeState): Sums {
  const { size, mtime } = newestVersion(state, node);
  return { size, files: 1, mtime };
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

function crumbs(state: VaultState, folderId: string): Crumb[] {
  const out: Crumb[] = [];
  for (let at = folderId; at !== ROOT; ) {
    const node = nodeById(state, at) as NodeState;
    out.push({ fileId: node.fileId, name: node.name });
    at = node.parent;
  }
  return out.reverse();
}

/** False when a folder above it was deleted. */
function isLive(state: VaultState, node: NodeState): boolean {
  for (let at = node.parent; at !== ROOT; ) {
    const parent = nodeById(state, at) as NodeState;
    if (parent.deleted) return false;
    at = parent.parent;
  }
  return true;
}

function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

function order(sort: SortKey, descending: boolean): (a: CatalogRow, b: CatalogRow) => number {
  const sign = descending ? -1 : 1;
  return (a, b) => {
    if (a.kind !== b.kind) return a.kind === 'folder' ? -1 : 1;
    const difference = sort === 'name' ? 0 : a[sort] - b[sort];
    return sign * (difference || byName.compare(a.name, b.name)) || (a.fileId < b.fileId ? -1 : 1);
  };
}

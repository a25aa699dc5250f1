/** The list of files: columns on a wide window, two lines a row on a narrow one. */
import type { FileRow } from '../../session/index.ts';
import {
  Badge,
  type Column,
  FileIcon,
  formatBytes,
  formatDay,
  Grid,
  IconButton,
  Name,
  plainName,
  text,
  useMedia,
} from '../../ui/index.ts';
import type { Files } from './use-files.ts';

const WIDE_ROW = 44;
const NARROW_ROW = 62;

export function FileGrid({ files, place }: { files: Files; place: string }) {
  const narrow = useMedia('(max-width: 720px)');
  const searching = files.search.results !== null;
  const here = files.folder.value?.crumbs.at(-1);
  const parent = files.folder.value?.crumbs.at(-2)?.fileId ?? null;
  return (
    <Grid
      label={searching ? text.files.resultsLabel : text.files.listLabel(here ? plainName(here.name) : text.files.root)}
      rows={files.rows}
      columns={columnsOf(files, narrow, searching)}
      keyOf={(row) => row.fileId}
      textOf={(row) => row.name}
      rowHeight={narrow ? NARROW_ROW : WIDE_ROW}
      place={place}
      active={files.active}
      selected={files.selected?.fileId ?? null}
      onActive={files.setActive}
      onOpen={files.open}
      onDetails={files.select}
      onUp={() => here !== undefined && !searching && files.goTo(parent)}
    />
  );
}

function columnsOf(files: Files, narrow: boolean, searching: boolean): Column<FileRow>[] {
  const sorting = (sort: Files['order']['sort']) => {
    if (searching) return {};
    const direction = files.order.descending ? ('descending' as const) : ('ascending' as const);
    return { onSort: () => files.sortBy(sort), sorted: files.order.sort === sort ? direction : undefined };
  };
  const name: Column<FileRow> = {
    id: 'name',
    label: text.files.name,
    ...sorting('name'),
    cell: (row) => <NameCell row={row} narrow={narrow} searching={searching} />,
  };
  const more: Column<FileRow> = {
    id: 'more',
    label: '',
    cell: (row) => (
      <IconButton
        icon="more"
        label={text.files.details(plainName(row.name))}
        pointerOnly
        onClick={(event) => {
          event.stopPropagation();
          files.select(row);
        }}
      />
    ),
  };
  if (narrow) return [name, more];
  const where: Column<FileRow> = { id: 'where', label: text.files.where, cell: (row) => <PathText path={row.path} /> };
  return [
    name,
    ...(searching ? [where] : []),
    { id: 'size', label: text.files.size, ...sorting('size'), cell: (row) => formatBytes(row.size) },
    { id: 'changed', label: text.files.changed, ...sorting('mtime'), cell: (row) => formatDay(row.mtime) },
    more,
  ];
}

function NameCell({ row, narrow, searching }: { row: FileRow; narrow: boolean; searching: boolean }) {
  const folder = row.kind === 'folder';
  return (
    <>
      <FileIcon name={row.name} folder={folder} />
      <span class="cell-name">
        <span class="cell-line">
          <Name name={row.name} folder={folder} />
          {row.changedDuringRead && <Badge tone="warn">{text.files.unsettled}</Badge>}
        </span>
        {narrow && (
          <span class="cell-sub">
            {searching && row.path.length > 0 ? (
              <PathText path={row.path} />
            ) : (
              `${formatBytes(row.size)} · ${folder ? text.files.fileCount(row.files) : formatDay(row.mtime)}`
            )}
          </span>
        )}
      </span>
    </>
  );
}

export function PathText({ path }: { path: readonly string[] }) {
  return (
    <span class="path-text">
      {path.length === 0
        ? text.files.root
        : path.map((name, at) => (
            <>
              {at > 0 && ' / '}
              <Name name={name} folder />
            </>
          ))}
    </span>
  );
}

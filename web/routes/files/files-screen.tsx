/** Files: where you are, what is here, what can be found, and the details of what is chosen. */
import { useState } from 'preact/hooks';
import {
  Breadcrumbs,
  Button,
  EmptyState,
  ErrorNote,
  IconButton,
  Menu,
  SearchField,
  text,
  useMedia,
} from '../../ui/index.ts';
import { useAction, useDesk } from '../desk.ts';
import { CreateLinkDialog } from '../links/create-link.tsx';
import { DetailsPane } from './details-pane.tsx';
import { FileGrid } from './file-grid.tsx';
import { type Files, folderPath, SEARCH_LIMIT, useFiles } from './use-files.ts';
import { useRestore, zipName } from './use-restore.ts';

/** What a link is being made for. */
export interface Sharing {
  readonly fileId: string;
  readonly name: string;
  readonly folder: boolean;
}

export function FilesScreen({ folderId }: { folderId: string | null }) {
  const files = useFiles(folderId);
  const [sharing, setSharing] = useState<Sharing | null>(null);
  const { selected } = files;
  return (
    <div class={`files${selected === null ? '' : ' files-with-pane'}`}>
      <div class="files-main">
        <Toolbar files={files} />
        <PathBar files={files} onShare={setSharing} />
        <Contents files={files} folderId={folderId} />
      </div>
      {selected !== null && (
        <DetailsPane
          key={selected.fileId}
          row={selected}
          onClose={() => files.select(null)}
          onOpenFolder={files.goTo}
          onShare={() =>
            setSharing({ fileId: selected.fileId, name: selected.name, folder: selected.kind === 'folder' })
          }
        />
      )}
      {sharing !== null && <CreateLinkDialog subject={sharing} onClose={() => setSharing(null)} />}
    </div>
  );
}

function Toolbar({ files }: { files: Files }) {
  const { check, say } = useDesk();
  const refresh = useAction(async () => {
    if (!(await check())) return;
    files.reload();
    say(text.files.upToDate);
  });
  const narrow = useMedia('(max-width: 720px)');
  const { query, setQuery, prepare } = files.search;
  return (
    <div class="files-tools">
      <SearchField
        label={text.files.search}
        placeholder={text.files.search}
        clearLabel={text.files.clearSearch}
        value={query}
        onFocus={prepare}
        onInput={setQuery}
        onLeave={() => document.querySelector<HTMLElement>('.grid')?.focus()}
      />
      {narrow && (
        <Menu
          label={text.files.sortBy}
          icon="sort"
          items={[
            { label: text.files.name, icon: 'files', onSelect: () => files.sortBy('name') },
            { label: text.files.size, icon: 'device', onSelect: () => files.sortBy('size') },
            { label: text.files.changed, icon: 'clock', onSelect: () => files.sortBy('mtime') },
          ]}
        />
      )}
      <IconButton icon="refresh" label={text.files.refresh} disabled={refresh.busy} onClick={() => refresh.run()} />
    </div>
  );
}

function PathBar({ files, onShare }: { files: Files; onShare: (sharing: Sharing) => void }) {
  const { router } = useDesk();
  const restore = useRestore();
  const { results } = files.search;
  if (results !== null) {
    return (
      <div class="files-path">
        <h1 class="files-found">{text.files.found(results.length, SEARCH_LIMIT)}</h1>
      </div>
    );
  }
  const crumbs = files.folder.value?.crumbs ?? [];
  const here = crumbs.at(-1);
  const steps = [{ fileId: null, name: '' }, ...crumbs].map(({ fileId, name }) => ({
    key: fileId ?? 'root',
    name,
    href: router.href(folderPath(fileId)),
    onGo: () => files.goTo(fileId),
  }));
  return (
    <div class="files-path">
      <h1 class="unseen">{text.files.title}</h1>
      <Breadcrumbs label={text.files.path} root={text.files.root} crumbs={steps} />
      {here !== undefined && (
        <div class="files-actions">
          <Button
            small
            icon="restore"
            onClick={() => restore.asFile({ kind: 'node', fileId: here.fileId }, zipName(here.name))}
          >
            {text.details.restoreZip}
          </Button>
          {restore.intoFolder !== null && (
            <Button
              small
              icon="files"
              onClick={() => restore.intoFolder?.({ kind: 'node', fileId: here.fileId }, here.name)}
            >
              {text.details.restoreFolder}
            </Button>
          )}
          <Button small icon="link" onClick={() => onShare({ fileId: here.fileId, name: here.name, folder: true })}>
            {text.details.share}
          </Button>
        </div>
      )}
    </div>
  );
}

function Contents({ files, folderId }: { files: Files; folderId: string | null }) {
  const { folder, search, rows } = files;
  const error = search.results === null ? folder.error : search.error;
  if (error !== null && error !== undefined) {
    return (
      <div class="files-error">
        <ErrorNote
          error={error}
          action={
            <Button small onClick={files.reload}>
              {text.app.tryAgain}
            </Button>
          }
        />
      </div>
    );
  }
  if (rows.length > 0) {
    return (
      <>
        <FileGrid files={files} place={search.results === null ? (folderId ?? '') : `search:${search.query}`} />
        <p class="files-count">{text.files.rows(rows.length)}</p>
      </>
    );
  }
  if (search.results !== null) {
    return (
      <EmptyState icon="search" title={text.files.noMatch}>
        {text.files.noMatchHint}
      </EmptyState>
    );
  }
  if (folder.value === null) return <div class="files-waiting" aria-busy="true" />;
  return folderId === null ? (
    <EmptyState icon="shield" title={text.files.empty}>
      {text.files.emptyHint}
    </EmptyState>
  ) : (
    <EmptyState icon="files" title={text.files.emptyFolder}>
      {text.files.emptyFolderHint}
    </EmptyState>
  );
}

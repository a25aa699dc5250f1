/** The shared file or folder, opened: its name, its sender's words, its files, and the buttons that fetch them. */
import { safeFileName } from '../../platform/index.ts';
import type { ShareApi, SharedView } from '../../session/index.ts';
import {
  Banner,
  Button,
  FileIcon,
  formatBytes,
  formatDay,
  IconButton,
  isProgram,
  Name,
  plainName,
  text,
} from '../../ui/index.ts';
import type { RestoreJob } from '../restore/board.ts';

export interface SharedItemProps {
  view: SharedView;
  api: ShareApi;
  start: (job: RestoreJob) => void;
}

/** More rows than this are counted, not listed: the page stays quick, the ZIP has them all. */
const MAX_ROWS = 1_000;

export function SharedItem({ view, api, start }: SharedItemProps) {
  const folder = view.kind === 'folder';
  const fetch = (index: number | null, name: string): void =>
    start({
      name,
      intoFolder: false,
      plan: (id) => api.plan(id, index),
      run: (id, target) => api.download(id, target),
      resolveConflict: (id, rule) => api.resolveConflict(id, rule),
      cancel: (id) => api.cancel(id),
    });
  return (
    <article class="share-card">
      <p class="share-kicker">
        {view.from === '' ? (
          text.share.sent
        ) : (
          <span title={text.share.fromHint}>
            {text.share.sentBy} <bdi>{view.from}</bdi>
          </span>
        )}
      </p>
      <div class="share-title">
        <FileIcon name={view.name} folder={folder} />
        <h1>
          <Name name={view.name} folder={folder} />
        </h1>
      </div>
      <p class="share-facts">
        <span>{formatBytes(view.size)}</span>
        {folder && <span>{text.share.contentsCount(view.files.length)}</span>}
        {view.expiresAt !== null && <span>{text.share.until(formatDay(view.expiresAt))}</span>}
        {view.downloadsLeft !== null && <span>{text.share.left(view.downloadsLeft)}</span>}
      </p>
      {view.note !== '' && (
        <blockquote class="share-note">
          <bdi>{view.note}</bdi>
        </blockquote>
      )}
      <ProgramWarning view={view} />
      <Button
        kind="primary"
        wide
        icon="restore"
        onClick={() => (folder ? fetch(null, `${view.name}.zip`) : fetch(0, view.name))}
      >
        {folder ? text.share.downloadZip : text.share.download}
      </Button>
      {folder && <Contents view={view} onFetch={fetch} />}
    </article>
  );
}

function ProgramWarning({ view }: { view: SharedView }) {
  // By the name that it is saved under: what is left out of that could hide the ending.
  const programs = view.files.filter(({ path }) => isProgram(safeFileName(path.at(-1) ?? ''))).length;
  if (programs === 0) return null;
  return (
    <Banner tone="warn" title={view.kind === 'file' ? text.share.program : text.share.programs(programs)}>
      {text.share.programHint}
    </Banner>
  );
}

function Contents({ view, onFetch }: { view: SharedView; onFetch: (index: number, name: string) => void }) {
  return (
    <section class="share-contents">
      <h2>{text.share.contents}</h2>
      <ul>
        {view.files.slice(0, MAX_ROWS).map((file, index) => {
          const name = file.path.at(-1) ?? '';
          return (
            <li key={index}>
              <FileIcon name={name} folder={false} />
              <span class="cell-name">
                <Name name={name} />
                {file.path.length > 1 && (
                  <span class="cell-sub">
                    <bdi>{file.path.slice(0, -1).map(plainName).join(' / ')}</bdi>
                  </span>
                )}
              </span>
              <span class="share-size">{formatBytes(file.size)}</span>
              <IconButton
                icon="restore"
                label={text.share.downloadOne(plainName(name))}
                onClick={() => onFetch(index, name)}
              />
            </li>
          );
        })}
      </ul>
      {view.files.length > MAX_ROWS && <p class="cell-sub">{text.share.more(view.files.length - MAX_ROWS)}</p>}
    </section>
  );
}

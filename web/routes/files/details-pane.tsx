/** Everything about one file or folder, and what can be done with it. */
import type { ComponentChildren } from 'preact';
import type { FileRow, Proof, VersionRow } from '../../session/index.ts';
import {
  Badge,
  Banner,
  Button,
  ErrorNote,
  FactList,
  FileIcon,
  formatBytes,
  formatMoment,
  IconButton,
  Name,
  PANE_IS_SHEET,
  Pane,
  text,
  useMedia,
} from '../../ui/index.ts';
import { useDesk, useLoaded } from '../desk.ts';
import { PathText } from './file-grid.tsx';
import { useRestore, zipName } from './use-restore.ts';

export interface DetailsPaneProps {
  row: FileRow;
  onClose: () => void;
  onShare: () => void;
  onOpenFolder: (folderId: string) => void;
}

export function DetailsPane({ row, onClose, onShare, onOpenFolder }: DetailsPaneProps) {
  const restore = useRestore();
  const sheet = useMedia(PANE_IS_SHEET);
  const folder = row.kind === 'folder';
  const proof = useProof(row);
  // a sheet would hide how far it is
  const closeSheet = (): void => (sheet ? onClose() : undefined);
  const subject = { kind: 'node', fileId: row.fileId } as const;
  return (
    <Pane title={text.details.heading} closeLabel={text.details.close} onClose={onClose}>
      <div class="details">
        <div class="details-name">
          <FileIcon name={row.name} folder={folder} />
          <Name name={row.name} folder={folder} />
        </div>
        <div class="details-actions">
          <Button
            kind="primary"
            icon="restore"
            onClick={() => {
              restore.asFile(subject, folder ? zipName(row.name) : row.name);
              closeSheet();
            }}
          >
            {folder ? text.details.restoreZip : text.details.restore}
          </Button>
          {restore.intoFolder !== null && (
            <Button
              icon="files"
              onClick={() => {
                restore.intoFolder?.(subject, row.name);
                closeSheet();
              }}
            >
              {text.details.restoreFolder}
            </Button>
          )}
          <Button icon="link" onClick={onShare}>
            {text.details.share}
          </Button>
          {folder && (
            <Button icon="files" onClick={() => onOpenFolder(row.fileId)}>
              {text.details.openFolder}
            </Button>
          )}
        </div>
        {row.changedDuringRead && (
          <Banner tone="warn" title={text.files.unsettled}>
            {text.files.unsettledHint}
          </Banner>
        )}
        <FactList facts={[...factsOf(row), ...proof]} />
        {!folder && (
          <Versions
            row={row}
            onRestore={(versionId) => {
              restore.asFile({ kind: 'version', versionId }, row.name);
              closeSheet();
            }}
          />
        )}
      </div>
    </Pane>
  );
}

function factsOf(row: FileRow): (readonly [string, ComponentChildren])[] {
  const folder = row.kind === 'folder';
  return [
    [text.details.size, formatBytes(row.size)],
    ...(folder ? [[text.details.contains, text.files.fileCount(row.files)] as const] : []),
    [text.details.changed, formatMoment(row.mtime)],
    ...(row.mime === null ? [] : [[text.details.kind, row.mime] as const]),
    [text.details.location, <PathText key="path" path={row.path} />],
    ...(row.sourceUrl === null ? [] : [[text.details.source, <bdi key="source">{row.sourceUrl}</bdi>] as const]),
  ];
}

/** Nothing while it is not known, or where nobody can know. */
function useProof({ fileId, versions, files }: FileRow): (readonly [string, ComponentChildren])[] {
  const { api } = useDesk();
  const { value, loading } = useLoaded(() => api.proof(fileId), [api, fileId, versions, files]);
  return value === null || loading ? [] : [[text.details.proof, <ProofFact key="proof" {...value} />]];
}

function ProofFact({ files, read, damaged, readAt }: Proof) {
  if (damaged > 0) {
    return (
      <>
        <Badge tone="bad">{text.details.proofDamaged}</Badge> {text.details.proofDamagedHint(damaged, files)}
      </>
    );
  }
  if (readAt !== null) return text.details.proofDate(formatMoment(readAt));
  return read === 0 ? text.details.proofSample : text.details.proofSome(read, files);
}

function Versions({ row, onRestore }: { row: FileRow; onRestore: (versionId: string) => void }) {
  const { api } = useDesk();
  const versions = useLoaded(() => api.versions(row.fileId), [api, row.fileId, row.versions]);
  if (versions.error !== null) {
    return (
      <ErrorNote
        brief
        error={versions.error}
        action={
          <Button small onClick={versions.reload}>
            {text.app.tryAgain}
          </Button>
        }
      />
    );
  }
  return (
    <section class="versions" aria-label={text.details.versions} aria-busy={versions.loading}>
      <h3>
        {text.details.versions} <span>{text.details.versionsLead(versions.value?.length ?? row.versions)}</span>
      </h3>
      <ol>
        {versions.value?.map((version) => (
          <VersionLine key={version.versionId} version={version} onRestore={() => onRestore(version.versionId)} />
        ))}
      </ol>
    </section>
  );
}

function VersionLine({ version, onRestore }: { version: VersionRow; onRestore: () => void }) {
  const date = formatMoment(version.capturedAt);
  return (
    <li class="version">
      <div class="version-text">
        <p class="version-date">
          {date}
          {version.current && <Badge tone="good">{text.details.current}</Badge>}
          {version.changedDuringRead && <Badge tone="warn">{text.files.unsettled}</Badge>}
        </p>
        <p class="version-facts">
          {formatBytes(version.size)} · {text.details.from(version.device)}
        </p>
        {version.sourceUrl !== null && (
          <p class="version-facts version-source">
            <bdi>{version.sourceUrl}</bdi>
          </p>
        )}
      </div>
      <IconButton icon="restore" label={text.details.restoreVersion(date)} onClick={onRestore} />
    </li>
  );
}

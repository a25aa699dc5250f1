/** Finished downloads, newest first, each with one button that saves it. */
import { useEffect, useState } from 'preact/hooks';
import {
  Button,
  ErrorNote,
  FileIcon,
  formatAge,
  formatBytes,
  IconButton,
  Name,
  plainName,
} from '../../../web/ui/index.ts';
import { captureOfDownload, downloadName, type FinishedDownload, originPattern } from '../../capture/index.ts';
import { popup } from '../messages/en.ts';
import { useWork } from '../use-work.ts';
import type { PopupPorts } from './ports.ts';

const SHOWN = 20;

export function Downloads({ ports, onBack }: { ports: PopupPorts; onBack: () => void }) {
  const [list, setList] = useState<readonly FinishedDownload[] | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const { error, run } = useWork();
  useEffect(() => run(ports.finishedDownloads(SHOWN).then(setList)), [ports]);
  const save = async (download: FinishedDownload): Promise<void> => {
    const name = plainName(downloadName(download));
    const capture = captureOfDownload(download);
    if (capture === null) return setSaid(popup.downloadGone);
    // The request comes first: the gesture does not outlive a wait.
    const asked = ports.requestSite(originPattern(download.url) ?? '').catch(() => false);
    await ports.send({ type: 'capture-web', capture, tabId: null });
    await asked;
    setSaid(popup.downloadSaved(name));
  };
  return (
    <>
      <header class="popup-head">
        <IconButton icon="left" label={popup.return} onClick={onBack} />
        <h1>{popup.downloads}</h1>
      </header>
      <p class="popup-said" role="status">
        {said ?? (list?.length === 0 ? popup.downloadsNone : popup.downloadsHint)}
      </p>
      {error !== null && <ErrorNote brief error={error} />}
      <ul class="recent">
        {list?.map((download) => (
          <DownloadRow key={download.id} download={download} onSave={() => run(save(download))} />
        ))}
      </ul>
    </>
  );
}

function DownloadRow({ download, onSave }: { download: FinishedDownload; onSave: () => void }) {
  const name = downloadName(download);
  return (
    <li class="recent-item">
      <FileIcon name={name} folder={false} />
      <div class="queue-main">
        <Name name={name} />
        <p class="queue-facts">
          {download.bytes >= 0 && <span>{formatBytes(download.bytes)}</span>}
          {download.endedAt !== null && <span>{formatAge(download.endedAt, Date.now())}</span>}
        </p>
      </div>
      <Button small label={popup.downloadSave(plainName(name))} onClick={onSave}>
        {popup.save}
      </Button>
    </li>
  );
}

/** The popup: how things stand in one line, the last items, and the ways on. Pickers open on the full page, never here. */
import { useEffect, useState } from 'preact/hooks';
import { Button, ErrorNote, Wordmark } from '../../../web/ui/index.ts';
import { captureOf, originPattern } from '../../capture/index.ts';
import type { FrontTab } from '../../platform/index.ts';
import type { QueueSummary } from '../../queue/view.ts';
import { backup, popup } from '../messages/en.ts';
import { RunProgress } from '../run-progress.tsx';
import { isReading, openFiles, truthOf } from '../truth.ts';
import { TruthLine } from '../truth-line.tsx';
import { useLive, useNow } from '../use-live.ts';
import { useWork, type Work } from '../use-work.ts';
import { Downloads } from './downloads.tsx';
import type { PopupPorts } from './ports.ts';
import { RecentItems } from './recent-items.tsx';
import '../styles/popup.css';

export function Popup(ports: PopupPorts) {
  const summary = useLive(() => ports.view.summary(), [ports.view]);
  const [downloads, setDownloads] = useState(false);
  if (summary === null) return null;
  return (
    <main class="popup">
      {downloads ? (
        <Downloads ports={ports} onBack={() => setDownloads(false)} />
      ) : (
        <Home ports={ports} summary={summary} onDownloads={() => setDownloads(true)} />
      )}
    </main>
  );
}

interface HomeProps {
  ports: PopupPorts;
  summary: QueueSummary;
  onDownloads: () => void;
}

function Home({ ports, summary, onDownloads }: HomeProps) {
  const now = useNow(10_000);
  const { account, stranger } = summary;
  const saving = useWork();
  const { error, run } = useWork();
  // The permission is asked for in the press itself.
  const openDownloads = async (asked: Promise<boolean>): Promise<void> => {
    if (await asked) onDownloads();
  };
  const goTo = (screen: 'backup' | 'files') => (): void => run(ports.openPage(screen).then(ports.close));
  return (
    <>
      <header class="popup-head">
        <Wordmark />
        {stranger === null && <PauseButton summary={summary} onAsk={(message) => run(ports.send(message))} />}
      </header>
      {error !== null && <ErrorNote brief error={error} />}
      {saving.error !== null && <ErrorNote brief error={saving.error} />}
      <TruthLine truth={truthOf(summary, now)} />
      {stranger === null && <RunProgress summary={summary} />}
      <div class="popup-ways">
        <Button kind="primary" wide icon={account === null ? 'person' : 'backup'} onClick={goTo('backup')}>
          {account === null ? popup.signIn : stranger === null ? popup.back : popup.decide}
        </Button>
        <ThisPage ports={ports} work={saving} />
        <Button wide icon="restore" onClick={() => run(openDownloads(ports.requestDownloads()))}>
          {popup.download}
        </Button>
      </div>
      {account !== null && stranger === null && <RecentItems view={ports.view} />}
      <footer class="popup-foot">
        <Button kind="quiet" small wide onClick={goTo('files')}>
          {popup.open}
        </Button>
      </footer>
    </>
  );
}

interface PauseButtonProps {
  summary: QueueSummary;
  onAsk: (message: { type: 'pause' | 'resume' }) => void;
}

function PauseButton({ summary, onAsk }: PauseButtonProps) {
  if (!summary.paused && openFiles(summary) === 0 && !isReading(summary)) return null;
  return (
    <Button small onClick={() => onAsk({ type: summary.paused ? 'resume' : 'pause' })}>
      {summary.paused ? backup.resume : backup.pause}
    </Button>
  );
}

type Saving = { state: 'idle' | 'saved' | 'never' } | { state: 'ask'; pattern: string; host: string };

/** Saves the page in front. Where the browser does not let us in, the next press asks it to. */
function ThisPage({ ports, work: { busy, run } }: { ports: PopupPorts; work: Work }) {
  const [tab, setTab] = useState<FrontTab | null>(null);
  const [saving, setSaving] = useState<Saving>({ state: 'idle' });
  useEffect(() => void ports.frontTab().then(setTab), [ports]);
  const save = async (): Promise<void> => {
    const capture = tab && captureOf('page', tab.url, tab.title);
    if (!capture) return setSaving({ state: 'never' });
    setSaving({ state: 'idle' });
    const { needsPermission } = await ports.send({ type: 'capture-web', capture, tabId: tab.id });
    const pattern = originPattern(tab.url) ?? '';
    setSaving(needsPermission ? { state: 'ask', pattern, host: new URL(tab.url).hostname } : { state: 'saved' });
  };
  const allow = async (pattern: string): Promise<void> => {
    if (await ports.requestSite(pattern)) setSaving({ state: 'saved' });
  };
  if (saving.state === 'ask') {
    const { pattern, host } = saving;
    return (
      <div class="popup-said">
        <p>{popup.pageAsked}</p>
        <Button wide onClick={() => run(allow(pattern))}>
          {backup.allowSite(host)}
        </Button>
      </div>
    );
  }
  return (
    <>
      <Button wide icon="file" busy={busy} onClick={() => run(save())}>
        {popup.page}
      </Button>
      {saving.state === 'saved' && <p class="popup-said">{popup.pageSaved}</p>}
      {saving.state === 'never' && <p class="popup-said">{popup.pageNever}</p>}
    </>
  );
}

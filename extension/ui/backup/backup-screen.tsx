/** The Backup screen: choose, see how it stands, and deal with what needs a person. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Banner, Button, Confirm, ErrorNote, formatDuration } from '../../../web/ui/index.ts';
import type { Send } from '../../messaging/index.ts';
import type { Hold, QueueSummary, QueueView, SourceRow } from '../../queue/view.ts';
import { backup } from '../messages/en.ts';
import { RunProgress } from '../run-progress.tsx';
import { isIdle, openFiles, truthOf } from '../truth.ts';
import { TruthLine } from '../truth-line.tsx';
import { useLive, useNow } from '../use-live.ts';
import { useWork } from '../use-work.ts';
import { DropZone } from './drop-zone.tsx';
import { LimitsForm } from './limits.tsx';
import { PermissionNotes } from './permission-notes.tsx';
import { QueueList } from './queue-list.tsx';
import { StrangerNote } from './stranger-note.tsx';
import '../styles/backup.css';

/** What the screen asks to have done. */
export interface BackupPorts {
  readonly view: QueueView;
  readonly send: Send;
  /** Each of these must be called inside the gesture and resolves when the choice is in the queue. */
  readonly pickFiles: () => Promise<void>;
  readonly pickFolder: () => Promise<void>;
  readonly pickerSkips: boolean;
  readonly takeDrop: (transfer: DataTransfer) => Promise<void>;
  /** Gives a job its file; null: let the person choose it. */
  readonly give: (id: string, file: File | null) => Promise<void>;
  /** The browser says of some networks that they cost. */
  readonly knowsMetered: boolean;
  /** Asks the browser for a source again; false when it was refused. */
  readonly allow: (source: SourceRow) => Promise<boolean>;
}

export function backupScreen(ports: BackupPorts): ComponentType {
  return () => <BackupScreen {...ports} />;
}

function BackupScreen(ports: BackupPorts) {
  const { view, send } = ports;
  const summary = useLive(() => view.summary(), [view]);
  const awaiting = useLive(() => view.awaitingPermission(), [view]) ?? [];
  const limits = useLive(() => view.limits(), [view]);
  // What is taken in keeps the ways in busy; what is asked of the queue does not.
  const intake = useWork();
  const { busy, error, run } = useWork();
  useStay(intake.busy || busy);
  if (summary === null || limits === null) return null;
  const isMine = summary.stranger === null;
  const allow = async (source: SourceRow): Promise<void> => {
    if (await ports.allow(source)) await send({ type: 'release', reason: 'permission', sourceId: source.id });
  };
  return (
    <div class="page">
      <header class="page-head">
        <h1>{backup.title}</h1>
        <p>{backup.lead}</p>
      </header>
      {isMine && (
        <DropZone
          busy={intake.busy}
          pickerSkips={ports.pickerSkips}
          onDrop={(transfer) => intake.run(ports.takeDrop(transfer))}
          onPickFiles={() => intake.run(ports.pickFiles())}
          onPickFolder={() => intake.run(ports.pickFolder())}
        />
      )}
      {intake.error !== null && <ErrorNote error={intake.error} />}
      {error !== null && <ErrorNote error={error} />}
      <StrangerNote summary={summary} busy={busy} onDecide={(message) => run(send(message))} />
      {isMine && (
        <>
          <HoldNote summary={summary} onTry={(reason) => run(send({ type: 'release', reason, sourceId: null }))} />
          <DamageNote damaged={summary.audit.damaged} />
          <CutShortNote cutShort={summary.cutShort} onForget={(ids) => run(send({ type: 'forget-drops', ids }))} />
          <PermissionNotes sources={awaiting} onAllow={(source) => run(allow(source))} />
          <RunCard summary={summary} busy={busy} onAsk={(message) => run(send(message))} />
          <QueueList
            summary={summary}
            jobs={view.jobs}
            onRetry={(id) => run(send({ type: 'retry', ids: [id] }))}
            onRetryAll={() => run(send({ type: 'retry-all' }))}
            onCancel={(id) => run(send({ type: 'cancel', ids: [id] }))}
            onGive={(id, file) => intake.run(ports.give(id, file))}
          />
        </>
      )}
      <LimitsForm
        limits={limits}
        knowsMetered={ports.knowsMetered}
        onChange={(changed) => run(send({ type: 'limits', ...changed }))}
      />
    </div>
  );
}

/** Leaving the page before what a person set off is kept asks first. */
function useStay(busy: boolean): void {
  useEffect(() => {
    if (!busy) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [busy]);
}

/** Why the whole queue stands still, and when it will look again. */
function HoldNote({ summary, onTry }: { summary: QueueSummary; onTry: (reason: Hold['reason']) => void }) {
  const now = useNow(1_000);
  const { hold } = summary;
  if (hold === null || openFiles(summary) === 0 || hold.reason === 'rate') return null;
  const seconds = Math.max(0, (hold.notBefore - now) / 1_000);
  return (
    <ErrorNote
      error={hold.code}
      action={
        <span class="queue-ways">
          <Button small icon="refresh" onClick={() => onTry(hold.reason)}>
            {backup.tryNow}
          </Button>
          {seconds > 0 && <span class="queue-facts">{backup.retryAt(formatDuration(seconds))}</span>}
        </span>
      }
    />
  );
}

/** What was dropped and never looked through to its end. */
function CutShortNote({ cutShort, onForget }: Pick<QueueSummary, 'cutShort'> & { onForget: (ids: string[]) => void }) {
  if (cutShort.length === 0) return null;
  return (
    <Banner
      tone="warn"
      title={backup.cutShortTitle(cutShort)}
      action={
        <Button small onClick={() => onForget(cutShort.map(({ id }) => id))}>
          {backup.cutShortForget}
        </Button>
      }
    >
      {backup.cutShortText}
    </Banner>
  );
}

/** What was stored and does not come back. */
function DamageNote({ damaged }: Pick<QueueSummary['audit'], 'damaged'>) {
  if (damaged === null) return null;
  return (
    <Banner tone="warn" title={backup.damagedTitle}>
      {backup.damagedText(damaged.files)}
    </Banner>
  );
}

interface RunCardProps {
  summary: QueueSummary;
  busy: boolean;
  onAsk: (message: { type: 'pause' | 'resume' | 'cancel-all' }) => void;
}

function RunCard({ summary, busy, onAsk }: RunCardProps) {
  const now = useNow(30_000);
  const [asking, setAsking] = useState(false);
  const open = !isIdle(summary);
  const reading = summary.walks - summary.blocked;
  return (
    <section class="run" aria-busy={busy}>
      <div class="run-head">
        <TruthLine truth={truthOf(summary, now)} />
        <span class="queue-ways">
          {(open || summary.paused) && (
            <Button small onClick={() => onAsk({ type: summary.paused ? 'resume' : 'pause' })}>
              {summary.paused ? backup.resume : backup.pause}
            </Button>
          )}
          {open && (
            <Button small kind="quiet" onClick={() => setAsking(true)}>
              {backup.cancelAll}
            </Button>
          )}
        </span>
      </div>
      <RunProgress summary={summary} />
      {reading > 0 && !summary.paused && <p class="queue-facts">{backup.walking(reading)}</p>}
      {summary.tally.unchanged > 0 && <p class="queue-facts">{backup.unchanged(summary.tally.unchanged)}</p>}
      {open && summary.handles > 0 && <p class="queue-facts">{backup.keepOpen}</p>}
      {asking && (
        <Confirm
          title={backup.cancelTitle}
          action={backup.cancelAll}
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            onAsk({ type: 'cancel-all' });
          }}
        >
          <p>{backup.cancelText}</p>
        </Confirm>
      )}
    </section>
  );
}

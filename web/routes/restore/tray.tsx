/** The restores of this page, at the foot of the window: how far, how fast, how long still, and what to do when one fails. */
import { useEffect, useState } from 'preact/hooks';
import { holdPage } from '../../platform/index.ts';
import type { ConflictRule, RestoreReport } from '../../session/index.ts';
import { Button, ErrorNote, Icon, IconButton, Name, Progress, plainName, text } from '../../ui/index.ts';
import { useStore } from '../desk.ts';
import { hasEnded, hasFailed, isFinishing, type RestoreBoard, type RestoreItem } from './board.ts';

export function RestoreTray({ board, doneText }: { board: RestoreBoard; doneText: string }) {
  const items = useStore(board.subscribe, board.items);
  const [open, setOpen] = useState(true);
  const busy = items.some((item) => !hasEnded(item));
  const toSee = items.filter((item) => hasFailed(item) || item.conflict !== null).map(({ id }) => id);
  useEffect(() => {
    if (busy) return holdPage();
  }, [busy]);
  useEffect(() => {
    if (busy) setOpen(true);
  }, [busy]);
  useEffect(() => {
    if (toSee.length > 0) setOpen(true);
  }, [toSee.join()]);
  return (
    <>
      <News board={board} />
      {items.length > 0 && (
        <section class="tray" aria-label={text.restore.heading}>
          <header class="tray-head">
            <h2>{headingOf(items)}</h2>
            {!busy && (
              <Button kind="quiet" small onClick={board.clearEnded}>
                {text.restore.clear}
              </Button>
            )}
            <IconButton
              icon={open ? 'down' : 'up'}
              label={open ? text.restore.collapse : text.restore.expand}
              expanded={open}
              onClick={() => setOpen(!open)}
            />
          </header>
          {open && (
            <ul class="tray-list">
              {items.map((item) => (
                <li key={item.id} class="tray-item">
                  <TrayItem item={item} board={board} doneText={doneText} />
                </li>
              ))}
            </ul>
          )}
        </section>
      )}
    </>
  );
}

/** What most needs to be known, for whoever sees only this line. */
function headingOf(items: readonly RestoreItem[]): string {
  const count = (which: (item: RestoreItem) => boolean): number => items.filter(which).length;
  const [running, failed] = [count((item) => !hasEnded(item)), count(hasFailed)];
  const cancelled = count(({ state }) => state === 'cancelled');
  if (items.some(({ conflict }) => conflict !== null)) return text.restore.needsAnswer;
  if (running > 0) return text.restore.running(running);
  if (failed > 0) return text.restore.failed(failed);
  return cancelled > 0 ? text.restore.cancelledCount(cancelled) : text.restore.allDone;
}

const NEWS = { started: text.restore.sayStarted, done: text.restore.sayDone, failed: text.restore.sayFailed };

/** Begin and end are read out; the way between them is not. */
function News({ board }: { board: RestoreBoard }) {
  const news = useStore(board.subscribe, board.news);
  return (
    <p class="unseen" role="status" aria-live="polite">
      {news !== null && NEWS[news.type](plainName(news.name))}
    </p>
  );
}

function TrayItem({ item, board, doneText }: { item: RestoreItem; board: RestoreBoard; doneText: string }) {
  const plain = plainName(item.name);
  const ended = hasEnded(item);
  return (
    <>
      <div class="tray-line">
        <Name name={item.name} />
        <IconButton
          icon="close"
          label={ended ? text.restore.dismiss(plain) : text.restore.cancel(plain)}
          onClick={() => (ended ? board.dismiss(item.id) : board.cancel(item.id))}
        />
      </div>
      <TrayState item={item} board={board} doneText={doneText} />
    </>
  );
}

function TrayState({ item, board, doneText }: { item: RestoreItem; board: RestoreBoard; doneText: string }) {
  switch (item.state) {
    case 'preparing':
      return <p class="tray-note">{text.restore.preparing}</p>;
    case 'running':
      return <TrayRunning item={item} board={board} />;
    case 'done':
      if (item.report !== null) return <TrayReport report={item.report} />;
      return (
        <p class="tray-note tray-done">
          <Icon name="check" />
          {doneText}
        </p>
      );
    case 'cancelled':
      return <p class="tray-note">{item.intoFolder ? text.restore.cancelledFolder : text.restore.cancelled}</p>;
    case 'failed':
      return (
        <>
          <ErrorNote
            brief
            error={item.code}
            action={
              <Button small onClick={() => board.retry(item.id)}>
                {text.restore.retry}
              </Button>
            }
          />
          {item.intoFolder && <p class="tray-note">{text.restore.failedFolder}</p>}
        </>
      );
  }
}

function TrayRunning({ item, board }: { item: RestoreItem; board: RestoreBoard }) {
  const finishing = isFinishing(item);
  return (
    <>
      <Progress
        label={text.restore.progressLabel(plainName(item.name))}
        bytes={item.bytes}
        length={item.length}
        rate={item.waiting === null && !finishing ? item.rate : null}
      />
      {finishing && <p class="tray-note">{text.restore.finishing}</p>}
      {item.waiting !== null && (
        <p class="tray-note" role="status">
          <Icon name="warning" />
          {text.restore.waiting}
        </p>
      )}
      {item.conflict !== null && (
        <div class="tray-conflict" role="alert">
          <p>{text.restore.conflict(item.conflict.map(plainName).join(' / '))}</p>
          <div class="tray-choices">
            {RULES.map(([rule, label]) => (
              <Button key={rule} small onClick={() => board.resolve(item.id, rule)}>
                {label}
              </Button>
            ))}
          </div>
        </div>
      )}
    </>
  );
}

const RULES: readonly (readonly [ConflictRule, string])[] = [
  ['keep-both', text.restore.keepBoth],
  ['replace', text.restore.replace],
  ['skip', text.restore.skip],
];

/** More names than this are counted. */
const NAMED_FAILURES = 20;

function TrayReport({ report }: { report: RestoreReport }) {
  const { restored, kept, skipped, failed } = report;
  return (
    <div class="tray-report">
      <p class={`tray-note${failed.length === 0 ? ' tray-done' : ''}`}>
        <Icon name={failed.length === 0 ? 'check' : 'warning'} />
        {text.restore.reportDone(restored)}
      </p>
      {kept > 0 && <p class="tray-note">{text.restore.reportKept(kept)}</p>}
      {skipped > 0 && <p class="tray-note">{text.restore.reportSkipped(skipped)}</p>}
      {failed.length > 0 && (
        <>
          <p class="tray-note">{text.restore.reportFailed(failed.length)}</p>
          <ul class="tray-failures">
            {failed.slice(0, NAMED_FAILURES).map(({ path, code }) => (
              <li key={path.join('/')}>
                <bdi>{path.map(plainName).join(' / ')}</bdi> <span class="note-code">{code}</span>
              </li>
            ))}
            {failed.length > NAMED_FAILURES && <li>{text.restore.reportMore(failed.length - NAMED_FAILURES)}</li>}
          </ul>
        </>
      )}
      {restored > 0 && <p class="tray-note">{text.restore.reportDates}</p>}
    </div>
  );
}

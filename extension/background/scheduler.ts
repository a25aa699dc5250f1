/**
 * When the engine runs, and what is shown of it. Everything it knows it reads from the queue and from named alarms, so it
 * may die at any instruction. May not: touch keys or bytes.
 */
import { createMutex } from '../../shared/async/index.ts';
import { AT_WORK, type EngineReport } from '../messaging/index.ts';
import type { AlarmName, BadgeLook, EngineHost } from '../platform/index.ts';
import type { Outbox, QueueSummary } from '../queue/index.ts';
import { notice } from '../ui/messages/en.ts';
import { openFiles } from '../ui/truth.ts';
import { badgeOf } from './badge.ts';
import { causesOf, planNotices } from './causes.ts';

export interface SchedulerPorts {
  readonly outbox: Outbox;
  readonly summary: () => Promise<QueueSummary>;
  readonly host: EngineHost;
  readonly now: () => number;
  readonly locksHeld: () => Promise<ReadonlySet<string>>;
  readonly repeat: (name: AlarmName, minutes: number) => Promise<void>;
  readonly fireAt: (name: AlarmName, when: number | null) => Promise<void>;
  readonly showBadge: (look: BadgeLook) => Promise<void>;
  readonly notify: (cause: string, title: string, message: string) => Promise<void>;
  readonly unnotify: (cause: string) => Promise<void>;
  readonly notifiedCauses: () => Promise<readonly string[] | null>;
  readonly putNotifiedCauses: (causes: readonly string[]) => Promise<void>;
}

/** While there is work, engine and drops are looked after every half minute; otherwise the badge's age every half hour. */
export const BUSY_MINUTES = 0.5;
const IDLE_MINUTES = 30;
const TITLE = 'Holdfast';

export class Scheduler {
  readonly #ports: SchedulerPorts;
  /** One thing at a time: the engine is never closed while it is being woken. */
  readonly #exclusively = createMutex();

  constructor(ports: SchedulerPorts) {
    this.#ports = ports;
  }

  /** There may be something to do: starts the engine if there is, and shows how things stand. */
  wake(): Promise<void> {
    return this.#exclusively(() => this.#look(false));
  }

  /** Somebody signed in or out: the engine is ended though it be at work, for it has the keys of who was there before. */
  endEngine(): Promise<void> {
    return this.#exclusively(() => this.#ports.host.close());
  }

  /** What the engine says. */
  async report(report: EngineReport): Promise<void> {
    if (report.type === 'moved') await this.refresh();
    else if (report.type === 'fault') await this.#ports.notify('fault', TITLE, notice.fault(report.code));
    else if (report.type === 'idle') await this.#exclusively(() => this.#look(true));
  }

  /** Badge and notifications from the present state. */
  async refresh(): Promise<void> {
    const { summary, now, showBadge, notify, unnotify, notifiedCauses, putNotifiedCauses } = this.#ports;
    const present = await summary();
    await showBadge(badgeOf(present, now()));
    const causes = causesOf(present);
    const plan = planNotices(await notifiedCauses(), causes);
    await putNotifiedCauses(plan.shown);
    for (const cause of plan.show) await notify(cause, TITLE, causes.get(cause) ?? '');
    for (const cause of plan.clear) await unnotify(cause);
  }

  /**
   * While anything is open the engine stays: it keeps alive the handles that the browser allows it to read. It may also have
   * been woken since it said that it is idle, and be at a proof.
   */
  async #isOver(): Promise<boolean> {
    const { summary, locksHeld } = this.#ports;
    const present = await summary();
    return openFiles(present) === 0 && present.walks === 0 && !(await locksHeld()).has(AT_WORK);
  }

  async #look(idle: boolean): Promise<void> {
    const { outbox, host, now, locksHeld, repeat, fireAt } = this.#ports;
    const drops = await outbox.drops.settle(locksHeld);
    const due = await outbox.leases.nextDue();
    const busy = due !== null && due <= now();
    await repeat('engine-wake', due === null && drops === 0 ? IDLE_MINUTES : BUSY_MINUTES);
    await fireAt('retry', busy ? null : due);
    const audit = await outbox.audits.dueAt();
    const proof = !idle && audit !== null && audit <= now();
    // Whoever is woken for it puts it off. An alarm for what is past would ring at once, and the second call break it off.
    await fireAt('audit', proof ? null : audit);
    // The engine stays while anything is open: without one, what waits may be leased to one that died.
    const orphaned = due !== null && !(await host.isRunning());
    if (busy || proof || orphaned) await host.wake();
    else if (idle && (await this.#isOver())) await host.close();
    await this.refresh();
  }
}

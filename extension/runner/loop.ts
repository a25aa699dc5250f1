/**
 * The engine's loop: one run at a time, again whenever it is woken, and by itself when something comes due soon. What
 * comes due later is left to the background's alarms, so that the engine can be closed meanwhile.
 */
import { codeOf } from '../../shared/errors/index.ts';
import type { EngineReport } from '../messaging/index.ts';
import { Bell } from './bell.ts';
import { type RunPorts, run } from './run.ts';

/** Shorter waits are slept through here: an alarm cannot be set for them. */
const SOON_MS = 45_000;
const ALIVE_MS = 10_000;
/** Stays for so long after the last work: what comes meanwhile needs no new worker and no new session. */
const LINGER_MS = 30_000;
/** When to look again after a fault that no run foresaw, such as a full disk. */
const AFTER_FAULT_MS = 60_000;

export interface LoopPorts extends Omit<RunPorts, 'onMoved' | 'woken'> {
  readonly report: (report: EngineReport) => void;
  /** Proof while there is nothing else to do; `signal` fires when there may be. */
  readonly whenIdle: (signal: AbortSignal) => Promise<void>;
  /** Runs alone among all contexts of the extension. */
  readonly exclusively: (work: () => Promise<void>) => Promise<void>;
}

export class EngineLoop {
  readonly #ports: LoopPorts;
  readonly #bell = new Bell();
  #wanted = false;
  #running = false;
  /** A fault was said since a run went well. */
  #said = false;

  constructor(ports: LoopPorts) {
    this.#ports = ports;
  }

  /** Starts, or has the loop look again when it is at work. */
  wake(): void {
    this.#wanted = true;
    this.#bell.ring();
    if (!this.#running) void this.#work();
  }

  async #work(): Promise<void> {
    const over = new AbortController();
    this.#running = true;
    void this.#stayAlive(over.signal);
    while (this.#wanted) {
      this.#wanted = false;
      try {
        await this.#runOnce();
        const nextDue = await this.#ports.outbox.leases.nextDue();
        if (this.#wanted) continue;
        if (nextDue === null) await this.#rest();
        else await this.#sleepUntil(nextDue);
      } catch (error) {
        await this.#hold(error, this.#ports.clock.now() + AFTER_FAULT_MS);
      }
    }
    over.abort();
    this.#running = false;
    this.#ports.report({ type: 'idle' });
  }

  async #runOnce(): Promise<void> {
    const { report, exclusively } = this.#ports;
    const never = new AbortController().signal;
    await exclusively(() =>
      run({ ...this.#ports, woken: this.#bell, onMoved: () => report({ type: 'moved' }) }, never),
    );
    await this.#letGo();
  }

  /** Whoever looks at the queue sees the fault and waits; if it cannot even be told that, we wait here and hear nobody. */
  async #hold(error: unknown, notBefore: number): Promise<void> {
    const { outbox, clock, report } = this.#ports;
    const code = codeOf(error);
    try {
      await outbox.leases.setHold({ reason: 'fault', code, notBefore, tries: 1 });
    } catch {
      if (!this.#said) report({ type: 'fault', code });
      this.#said = true;
      await clock.sleep(AFTER_FAULT_MS);
    }
  }

  async #letGo(): Promise<void> {
    const { outbox, clock } = this.#ports;
    this.#said = false;
    const hold = await outbox.leases.hold();
    if (hold?.reason === 'fault' && hold.notBefore <= clock.now()) await outbox.leases.setHold(null);
  }

  async #rest(): Promise<void> {
    const woken = new AbortController();
    void this.#bell.next().then(() => woken.abort());
    await this.#ports.exclusively(() => this.#ports.whenIdle(woken.signal));
    if (!this.#wanted) await this.#sleep(LINGER_MS);
  }

  /** Sleeps until then and runs again, or until somebody wakes us; returns at once when it is not soon. */
  async #sleepUntil(due: number): Promise<void> {
    const wait = due - this.#ports.clock.now();
    if (wait > SOON_MS) return;
    await this.#sleep(Math.max(0, wait));
    this.#wanted = true;
  }

  /** So long, or until somebody wakes us. */
  async #sleep(ms: number): Promise<void> {
    const woken = new AbortController();
    void this.#bell.next().then(() => woken.abort());
    await this.#ports.clock.sleep(ms, woken.signal).catch(() => undefined);
  }

  async #stayAlive(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      this.#ports.report({ type: 'alive' });
      await this.#ports.clock.sleep(ALIVE_MS, over).catch(() => undefined);
    }
  }
}

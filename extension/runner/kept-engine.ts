/**
 * One engine for the runs of a while: what a person saves one after another does not sign in anew each time. May not: outlive
 * the device that it was opened for, or be given again after a fault.
 */
import type { Archiver } from '../../shared/archiver/index.ts';

interface Kept {
  /** The device that is signed in. */
  readonly deviceId: string | null;
  readonly archiver: Promise<Archiver>;
}

export class KeptEngine {
  readonly #open: () => Promise<Archiver>;
  readonly #deviceId: () => Promise<string | null>;
  #kept: Kept | null = null;

  /** `deviceId`: of the device that is signed in now, null when nobody is. */
  constructor(open: () => Promise<Archiver>, deviceId: () => Promise<string | null>) {
    this.#open = open;
    this.#deviceId = deviceId;
  }

  /** Errors: those of opening. */
  async open(): Promise<Archiver> {
    const deviceId = await this.#deviceId();
    if (this.#kept?.deviceId !== deviceId) this.#kept = null;
    const kept = this.#kept ?? { deviceId, archiver: this.#open() };
    this.#kept = kept;
    const archiver = await this.#orForget(kept, kept.archiver);
    return {
      scan: () => archiver.scan(),
      archive: (items, options) => this.#orForget(kept, archiver.archive(items, options)),
    };
  }

  async #orForget<T>(kept: Kept, result: Promise<T>): Promise<T> {
    try {
      return await result;
    } catch (error) {
      if (this.#kept === kept) this.#kept = null;
      throw error;
    }
  }
}

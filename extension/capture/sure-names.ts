/**
 * Names that a folder's handle is sure to show, so that nobody need ask it. Chromium leaves out what some system could not
 * hold, and which names those are is its own affair: by itself a name is never sure, only once a handle has shown another
 * with its ending. Whoever is not sure asks. Pure.
 */

/** Nothing in it, and nothing at its ends, that any system minds. */
const PLAIN = /^\w(?:[\w.+@=,() -]*[\w+)-])?$/;
/** Devices and files of the system on Windows, whatever their ending. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)|^(?:desktop\.ini|thumbs\.db)$/i;
const ENDING = /\.[^.]*$/;

const endingOf = (name: string): string => ENDING.exec(name)?.[0].toLowerCase() ?? '';

export class SureNames {
  readonly #endings = new Set<string>();

  /** A handle has shown this name. */
  learn(name: string): void {
    this.#endings.add(endingOf(name));
  }

  has(name: string): boolean {
    return PLAIN.test(name) && !RESERVED.test(name) && this.#endings.has(endingOf(name));
  }
}

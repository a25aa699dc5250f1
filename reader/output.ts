/** What people and programs get to read: results on one stream, remarks and progress on the other. */
import { codeOf, HoldfastError } from '../shared/errors/index.ts';

export interface Output {
  /** One line of the result; resolves when there is room for more. */
  line(text: string): Promise<void>;
  /** A remark, on a line of its own. */
  note(text: string): void;
  /** What is happening now; replaces what was said before. Shown on a terminal only. */
  progress(text: () => string): void;
}

const EVERY_MS = 200;
/** Written together: one call for each line makes a long list slow. */
const BLOCK = 65_536;

export interface Streams {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export function createOutput({ out, err }: Streams): Output & { flush(): Promise<void> } {
  let pending = '';
  let shown = false;
  let shownAt = 0;
  const clear = (): void => {
    if (shown) err.write('\r\x1b[K');
    shown = false;
  };
  /** Answers whether there is room for more. */
  const write = (): boolean => {
    const text = pending;
    pending = '';
    clear();
    return text === '' || out.write(text);
  };
  const flush = async (): Promise<void> => {
    if (!write()) await new Promise((resolve) => out.once('drain', resolve));
  };
  return {
    flush,
    async line(text) {
      pending += `${text}\n`;
      if (pending.length > BLOCK) await flush();
    },
    note(text) {
      write();
      err.write(`${text}\n`);
    },
    progress(text) {
      const now = Date.now();
      if (err.isTTY !== true || now - shownAt < EVERY_MS) return;
      shownAt = now;
      clear();
      err.write(text());
      shown = true;
    },
  };
}

/** Controls, line ends and marks that turn the direction of text: on a terminal they could show what is not there. */
const UNSHOWN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Names of a vault, fit to be shown. */
export function shownPath(path: readonly string[]): string {
  return path.join('/').replace(UNSHOWN, (mark) => `\\u{${(mark.codePointAt(0) as number).toString(16)}}`);
}

/** A failure in one line: its code, and what it says. */
export function shownError(error: unknown): string {
  if (error instanceof HoldfastError) return `${error.code}: ${error.message}`;
  const { code } = error as NodeJS.ErrnoException;
  return `${code ?? codeOf(error)}: ${error instanceof Error ? error.message : String(error)}`;
}

/** A time as this machine's clock shows it; "?" for one that no calendar has. */
export function shownTime(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return '?';
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Bytes in binary units, for reading only. */
export function shownBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return power === 0 ? `${bytes} B` : `${(bytes / 1_024 ** power).toFixed(1)} ${units[power]}`;
}

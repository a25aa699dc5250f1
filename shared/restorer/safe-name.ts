/**
 * Names fit for any file system. A name in a vault is text that somebody chose, perhaps on another system, perhaps to do
 * harm; it is never a path. What Windows, macOS and Linux all allow stays as it is, code point for code point; the rest
 * is replaced by the strictest rule of the three. May not: touch a file system, or know what exists in one.
 */
import { utf8 } from '../bytes/index.ts';

/** Longest name in bytes of UTF-8; Windows counts UTF-16 units, of which there are never more. */
const MAX_NAME = 255;
/** A longer "extension" is part of the name and is not kept when the name is shortened. */
const MAX_EXTENSION = 32;
/** Windows' separators, wildcards and stream mark, and control characters. */
const FORBIDDEN = /[<>:"/\\|?*\p{Cc}]/gu;
/** Windows drops these at the end of a name, so that two names would become one. */
const ENDING = /[. ]+$/;
/** Device names, with any extension; the superscript digits count as digits there. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/i;
const IGNORED = /\p{Default_Ignorable_Code_Point}/gu;

export interface TreeEntry {
  readonly kind: 'file' | 'folder';
  /** Names from the root of what is restored. */
  readonly path: readonly string[];
}

/** A name that is one component everywhere. A name that is one already comes back unchanged. */
export function safeName(name: string): string {
  const clean = name.toWellFormed().replace(FORBIDDEN, '_');
  return shorten(DEVICE.test(clean) ? `_${clean}` : clean, '');
}

/**
 * A safe path for each entry, in the order given, no two of them the same to any file system: names that differ only in
 * case, in Unicode form or in invisible characters, or became the same by `safeName`, get " (2)", " (3)" … before their
 * extension. Entries whose folders have the same names share the folder; a folder listed twice is one folder, a file
 * listed twice is two files. An entry with an empty path stands for the root itself and gives an empty path.
 */
export function safeTree(entries: readonly TreeEntry[]): string[][] {
  const root = new Folder();
  return entries.map(({ kind, path }) => {
    let folder = root;
    const safe: string[] = [];
    for (const [depth, name] of path.entries()) {
      if (kind === 'file' && depth === path.length - 1) {
        safe.push(folder.claim(name));
      } else {
        const inner = folder.enter(name);
        safe.push(inner.name);
        folder = inner.folder;
      }
    }
    return safe;
  });
}

/** One folder while names are given out in it. */
class Folder {
  readonly #folders = new Map<string, { name: string; folder: Folder }>();
  /** Names taken, as the most careless file system would compare them, with the last number tried for each. */
  readonly #taken = new Map<string, number>();

  /** The folder of this very name, made at first sight. */
  enter(name: string): { name: string; folder: Folder } {
    let inner = this.#folders.get(name);
    if (inner === undefined) {
      inner = { name: this.claim(name), folder: new Folder() };
      this.#folders.set(name, inner);
    }
    return inner;
  }

  claim(name: string): string {
    const first = safeName(name);
    const key = comparable(first);
    let number = this.#taken.get(key) ?? 0;
    let given: string;
    do {
      number++;
      given = number === 1 ? first : numberedName(first, number);
    } while (number > 1 && this.#taken.has(comparable(given)));
    this.#taken.set(key, number);
    if (number > 1) this.#taken.set(comparable(given), 1);
    return given;
  }
}

/** `report (2).pdf`: another name for what stays beside something of this name; at most 255 bytes. */
export function numberedName(name: string, number: number): string {
  return shorten(name, ` (${number})`);
}

/** Equal for names that some file system may take for the same. */
export function comparable(name: string): string {
  return name.replace(IGNORED, '').normalize('NFD').toUpperCase().toLowerCase().normalize('NFC');
}

/** The name with the suffix before its extension, at most 255 bytes, not empty and not ending in a dot or space. */
function shorten(name: string, suffix: string): string {
  const whole = insert(name, suffix);
  if (utf8(whole).length <= MAX_NAME) return trimmed(whole);
  const { stem, extension } = divide(name);
  const room = MAX_NAME - utf8(suffix + extension).length;
  return trimmed(cut(stem, room) + suffix + extension);
}

function insert(name: string, suffix: string): string {
  const { stem, extension } = divide(name);
  return stem + suffix + extension;
}

/** What ends a name that may not: each character becomes an underscore, so that no name becomes empty. */
function trimmed(name: string): string {
  return name === '' ? '_' : name.replace(ENDING, (end) => '_'.repeat(end.length));
}

function divide(name: string): { stem: string; extension: string } {
  const dot = name.lastIndexOf('.');
  if (dot <= 0 || utf8(name.slice(dot)).length > MAX_EXTENSION) return { stem: name, extension: '' };
  return { stem: name.slice(0, dot), extension: name.slice(dot) };
}

/** As many whole code points as fit in `room` bytes. */
function cut(text: string, room: number): string {
  let out = '';
  let length = 0;
  for (const point of text) {
    length += utf8(point).length;
    if (length > room) break;
    out += point;
  }
  return out;
}

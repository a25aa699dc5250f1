/**
 * A file name taken apart so that nothing in it can deceive the eye: characters that change direction, take no room or
 * control a terminal become marks, and the real extension stands on its own. Pure; the name itself is never altered.
 */

export interface NamePart {
  readonly text: string;
  /** True when `text` names a character that would otherwise not be seen, such as "U+202E". */
  readonly mark: boolean;
}

export interface VisibleName {
  readonly parts: readonly NamePart[];
  /** With its dot, as stored; empty when there is none. */
  readonly extension: string;
}

/** Control, format (direction, zero width, tags), line-separator and filler characters, and lone surrogates. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115f\u1160\u2800\u3164\uffa0]|\u034f|\u17b4|\u17b5/u;
/** What may stand on both sides of a zero-width joiner that shapes writing or builds an emoji. */
const JOINABLE =
  /[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Tamil}]/u;
const EMOJI_BEFORE = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f/u;
const EMOJI_AFTER = /\p{Extended_Pictographic}/u;
const EXTENSION = /^\.[\p{L}\p{N}_-]{1,12}$/u;

export function visibleName(name: string): VisibleName {
  const dot = name.lastIndexOf('.');
  const tail = dot > 0 ? name.slice(dot) : '';
  const extension = EXTENSION.test(tail) ? tail : '';
  return { parts: visibleParts(name.slice(0, name.length - extension.length)), extension };
}

/** The name as one line of plain text, marks in square brackets: for labels and titles. */
export function plainName(name: string): string {
  const { parts, extension } = visibleName(name);
  return parts.map((part) => (part.mark ? `[${part.text}]` : part.text)).join('') + extension;
}

/** Any text with its hidden characters turned into marks. */
export function visibleParts(stem: string): NamePart[] {
  const characters = Array.from(stem);
  const parts: NamePart[] = [];
  let plain = '';
  const flush = (): void => {
    if (plain !== '') parts.push({ text: plain, mark: false });
    plain = '';
  };
  characters.forEach((character, at) => {
    if (!HIDDEN.test(character) || isShaping(character, characters[at - 1], characters[at + 1])) {
      plain += character;
      return;
    }
    flush();
    parts.push({ text: codePoint(character), mark: true });
  });
  flush();
  return parts;
}

function isShaping(character: string, before: string | undefined, after: string | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  if (character !== '\u200c' && character !== '\u200d') return false;
  if (JOINABLE.test(before) && JOINABLE.test(after)) return true;
  return character === '\u200d' && EMOJI_BEFORE.test(before) && EMOJI_AFTER.test(after);
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`;
}

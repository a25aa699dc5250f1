/**
 * A name under which every system can save a file. Names in the vault are kept as they were; here what a file system
 * would refuse or misread is replaced, and hidden characters are dropped. Pure.
 */

const FORBIDDEN = /[\p{Cc}/\\:*?"<>|]/gu;
const HIDDEN = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\p{Zl}\p{Zp}\p{Cs}]/gu;
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/iu;
const MAX_BYTES = 240;

export function safeFileName(name: string): string {
  const clean = name
    .replace(HIDDEN, '')
    .replace(FORBIDDEN, '_')
    .replace(/^[\s.]+$/u, '')
    .replace(/[\s.]+$/u, '')
    .trim();
  const shortened = shorten(clean === '' ? 'file' : clean);
  return RESERVED.test(shortened) ? `_${shortened}` : shortened;
}

/** At most 240 bytes of UTF-8, the extension kept. */
function shorten(name: string): string {
  const size = (text: string): number => new TextEncoder().encode(text).length;
  if (size(name) <= MAX_BYTES) return name;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : '';
  const stem = Array.from(name.slice(0, name.length - extension.length));
  while (size(stem.join('')) + size(extension) > MAX_BYTES) stem.pop();
  return stem.join('') + extension;
}

/** Names of what comes from the web, and where it lands in the vault. Pure. */
import { dispositionName } from './content-disposition.ts';

/** A name is at most this long in UTF-8, as on the usual file systems. */
const MAX_NAME_BYTES = 255;

const EXTENSIONS: Readonly<Record<string, string>> = {
  'text/html': '.html',
  'application/xhtml+xml': '.html',
  'text/plain': '.txt',
  'text/csv': '.csv',
  'application/json': '.json',
  'application/pdf': '.pdf',
  'application/zip': '.zip',
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/gif': '.gif',
  'image/webp': '.webp',
  'image/avif': '.avif',
  'image/svg+xml': '.svg',
};

/** Folder of captures from a site. */
export function webFolder(url: string): readonly string[] {
  return ['Web', new URL(url).hostname];
}

export const DOWNLOADS_FOLDER: readonly string[] = ['Downloads'];

/** `text/html` of `Text/HTML; charset=utf-8`. */
export function mediaType(contentType: string | null): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

export function isHtml(type: string): boolean {
  return type === 'text/html' || type === 'application/xhtml+xml';
}

/** The best name for a document: what the server says, else a page's title, else the last part of its address. */
export function documentName(options: {
  url: string;
  disposition: string | null;
  contentType: string | null;
  title: string | null;
  page: boolean;
}): string {
  const type = mediaType(options.contentType);
  const suggested = dispositionName(options.disposition);
  if (suggested !== null) return captureName(suggested, EXTENSIONS[type] ?? '');
  // A slash in a title is no separator: what follows it would name other pages as well.
  const title = options.title?.replaceAll(/[/\\]/g, '-').trim() ?? '';
  if (title !== '' && isHtml(type) && options.page)
    return captureName(title.endsWith('.html') ? title : `${title}.html`, '');
  return captureName(addressName(options.url), EXTENSIONS[type] ?? '');
}

/** Last part of the path, decoded; the host when there is none. */
export function addressName(url: string): string {
  const { pathname, hostname } = new URL(url);
  const last = pathname.split('/').findLast((part) => part !== '') ?? hostname;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/**
 * A name fit for one entry of a folder: no separators, no control characters, at most 255 bytes of UTF-8 with its
 * extension kept. `extension` is added when the name has none.
 */
export function captureName(name: string, extension: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const clean = last.replaceAll(/\p{Cc}/gu, '').trim();
  const base = clean === '' || clean === '.' || clean === '..' ? 'download' : clean;
  const own = /\.[A-Za-z0-9]{1,10}$/.exec(base)?.[0] ?? '';
  const suffix = own === '' ? extension : own;
  return shorten(own === '' ? base : base.slice(0, -own.length), MAX_NAME_BYTES - suffix.length) + suffix;
}

/** Cuts whole characters off the end until the UTF-8 form fits. */
function shorten(text: string, bytes: number): string {
  const encoder = new TextEncoder();
  if (encoder.encode(text).length <= bytes) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) {
    used += encoder.encode(segment).length;
    if (used > bytes) break;
    kept += segment;
  }
  return kept;
}

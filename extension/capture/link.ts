/** A link, an image or a page that a person points at: what to fetch, where it lands, which site must allow it. Pure. */
import type { WebCapture } from '../messaging/index.ts';
import { addressName, captureName, webFolder } from './worker/naming.ts';

/** `title`: of the page it was found on, or of the page itself. Null for an address that cannot be fetched. */
export function captureOf(kind: 'link' | 'image' | 'page', url: string, title: string | null): WebCapture | null {
  if (originPattern(url) === null) return null;
  const address = withoutFragment(url);
  return {
    request: { url: address, kind, title, fileName: null, length: null },
    path: webFolder(address),
    name: captureName(addressName(address), ''),
  };
}

/** Match pattern of the one site an address is on, on any port; null unless it is a web address. */
export function originPattern(url: string): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) return null;
  return `${parsed.protocol}//${parsed.hostname}/*`;
}

export function isSameOrigin(a: string, b: string): boolean {
  return URL.canParse(a) && URL.canParse(b) && new URL(a).origin === new URL(b).origin;
}

function withoutFragment(url: string): string {
  const parsed = new URL(url);
  parsed.hash = '';
  return parsed.href;
}

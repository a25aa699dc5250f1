/**
 * Fetches a document of a tab's own site from inside that tab, where no permission is needed beyond the gesture that
 * pointed at it. The answer passes through memory, so it is bounded; what is larger is fetched the other way.
 */
import browser from 'webextension-polyfill';
import { HoldfastError } from '../../shared/errors/index.ts';

const MAX_BYTES = 16 * 1024 * 1024;
/** What takes longer, or does not end, is fetched the other way too. */
const MAX_MS = 60_000;

interface Carried {
  readonly status: number;
  readonly url: string;
  readonly headers: [string, string][];
  readonly base64: string;
}

/** E_SOURCE_PERMISSION when the browser does not let us into the tab, or the document is too large for this way. */
export async function fetchInTab(tabId: number, url: string) {
  const carried = await carry(tabId, url);
  if (carried === null) throw new HoldfastError('E_SOURCE_PERMISSION', 'not to be had from inside the tab');
  const bytes = Uint8Array.from(atob(carried.base64), (char) => char.charCodeAt(0));
  const headers = new Headers(carried.headers);
  return { status: carried.status, url: carried.url, headers, body: new Blob([bytes]).stream() };
}

async function carry(tabId: number, url: string): Promise<Carried | null> {
  try {
    const args: Parameters<typeof insideTab> = [url, MAX_BYTES, MAX_MS];
    const [run] = await browser.scripting.executeScript({ target: { tabId }, func: insideTab, args });
    return (run?.result as Carried | null | undefined) ?? null;
  } catch {
    // A page of the browser's own, a viewer, or a tab that went elsewhere.
    return null;
  }
}

/**
 * Runs in the tab, apart from the page's own scripts; it can use nothing from outside itself. The bytes come as a data URL,
 * for Firefox lets such a script look into no ArrayBuffer that it got from there.
 */
async function insideTab(url: string, limit: number, ms: number): Promise<Carried | null> {
  const signal = AbortSignal.timeout(ms);
  const response = await fetch(url, { credentials: 'include', cache: 'no-cache', signal });
  const blob = await response.blob();
  if (blob.size > limit) return null;
  const reader = new FileReader();
  await new Promise((resolve, reject) => {
    reader.onload = resolve;
    reader.onerror = reject;
    reader.readAsDataURL(blob);
  });
  const base64 = String(reader.result).split(',').at(-1) ?? '';
  return { status: response.status, url: response.url, headers: [...response.headers], base64 };
}

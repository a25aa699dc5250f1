/**
 * Every request a Chromium made, from its own network log: pages, workers, service workers, extension and browser alike,
 * since all of them pass through its one network stack. Nothing can ask past it.
 */
import { readFile } from 'node:fs/promises';

export interface LoggedRequest {
  readonly method: string;
  readonly url: string;
  /** Origin of the code that asked; null for the browser itself and for what a person typed. */
  readonly initiator: string | null;
}

interface NetLogEvent {
  readonly type?: number;
  readonly params?: { method?: string; url?: string; initiator?: string };
}

/** The log of a browser that still runs, or was killed, ends in the middle: whole lines are read, the rest is not there yet. */
export async function readNetLog(path: string): Promise<LoggedRequest[]> {
  const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n');
  const constants = /"URL_REQUEST_START_JOB":\s*(\d+)/.exec(lines[0] ?? '')?.[1];
  if (constants === undefined) return [];
  const found: LoggedRequest[] = [];
  for (const line of lines.slice(1)) {
    const event = parseLine(line);
    const { method, url, initiator } = event?.params ?? {};
    if (event?.type !== Number(constants) || url === undefined) continue;
    const named = initiator === undefined || initiator === 'not an origin' ? null : initiator;
    found.push({ method: method ?? 'GET', url, initiator: named });
  }
  return found;
}

function parseLine(line: string): NetLogEvent | null {
  const text = line
    .trim()
    .replace(/,$/, '')
    .replace(/\]\s*\}?$/, '');
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text) as NetLogEvent;
  } catch {
    return null;
  }
}

/** Where Chromium itself asks for time, updates and accounts; no page and no extension stands behind these. */
const BROWSER_OWN = /\.(?:google|googleapis|gvt1)\.com$/;

/** Requests to the network whose origin is none of `allowed`, the browser's own left out. */
export function foreignRequests(requests: readonly LoggedRequest[], allowed: readonly string[]): LoggedRequest[] {
  const origins = new Set(allowed.map((url) => new URL(url).origin));
  return requests.filter(({ url, initiator }) => {
    const { protocol, host, hostname } = new URL(url);
    if (!/^(?:https?|wss?):$/.test(protocol)) return false;
    if (initiator === null && BROWSER_OWN.test(hostname)) return false;
    return !origins.has(`${protocol.replace('ws', 'http')}//${host}`);
  });
}

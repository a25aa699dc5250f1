/** The settings, read once from the environment. Every value is checked; a wrong one is a StartError that names it. */
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { StartError } from './start-error.ts';

export interface RateLimits {
  /** Sign-ins, by password or device, per address and minute; half of it per name. */
  readonly loginPerMinute: number;
  readonly registrationPerHour: number;
  readonly recoveryPerMinute: number;
  /** Links opened and downloads begun. */
  readonly sharePerMinute: number;
}

export interface Config {
  readonly version: string;
  readonly host: string;
  readonly port: number;
  readonly sharePort: number;
  /** Null: made of host and port once they are known. */
  readonly origin: string | null;
  readonly shareOrigin: string | null;
  readonly behindProxy: boolean;
  readonly dataDirectory: string;
  /** Folders of the built pages; null where there is no build. */
  readonly webRoot: string | null;
  readonly shareRoot: string | null;
  readonly registration: 'open' | 'closed';
  readonly quotaBytes: number;
  readonly reserveBytes: number;
  readonly securityContact: string | null;
  readonly logLevel: string;
  readonly rates: RateLimits;
}

type Env = Readonly<Record<string, string | undefined>>;

const TIB = 1_099_511_627_776;
const MIB = 1_048_576;
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;

export function readConfig(env: Env): Config {
  const host = env.HOLDFAST_HOST || '127.0.0.1';
  const behindProxy = oneOf(env, 'HOLDFAST_BEHIND_PROXY', ['0', '1'], '0') === '1';
  checkHost(host, behindProxy);
  const dist = resolve(env.HOLDFAST_WEB_DIST || 'dist');
  const origins = {
    origin: origin(env, 'HOLDFAST_ORIGIN', behindProxy),
    shareOrigin: origin(env, 'HOLDFAST_SHARE_ORIGIN', behindProxy),
  };
  const ports = {
    port: integer(env, 'HOLDFAST_PORT', 8787, 0, 65_535),
    sharePort: integer(env, 'HOLDFAST_SHARE_PORT', 8788, 0, 65_535),
  };
  checkApart(origins, ports);
  return {
    version: productVersion(),
    host,
    ...ports,
    ...origins,
    behindProxy,
    dataDirectory: resolve(env.HOLDFAST_DATA || 'data'),
    webRoot: builtPage(`${dist}/web`),
    shareRoot: builtPage(`${dist}/share`),
    registration: oneOf(env, 'HOLDFAST_REGISTRATION', ['open', 'closed'], 'open'),
    quotaBytes: integer(env, 'HOLDFAST_QUOTA_BYTES', TIB, 0),
    reserveBytes: integer(env, 'HOLDFAST_RESERVE_BYTES', 128 * MIB, 0),
    securityContact: contact(env, 'HOLDFAST_SECURITY_CONTACT'),
    logLevel: oneOf(env, 'HOLDFAST_LOG_LEVEL', LEVELS, 'info'),
    rates: {
      loginPerMinute: integer(env, 'HOLDFAST_RATE_LOGIN_PER_MIN', 30, 1),
      registrationPerHour: integer(env, 'HOLDFAST_RATE_REGISTRATION_PER_HOUR', 10, 1),
      recoveryPerMinute: integer(env, 'HOLDFAST_RATE_RECOVERY_PER_MIN', 10, 1),
      sharePerMinute: integer(env, 'HOLDFAST_RATE_SHARE_PER_MIN', 60, 1),
    },
  };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function checkHost(host: string, behindProxy: boolean): void {
  if (host !== 'localhost' && isIP(host) === 0) {
    throw new StartError(`HOLDFAST_HOST is "${host}"; it must be an IP address or localhost.`);
  }
  if (isLoopback(host) || behindProxy) return;
  throw new StartError(
    `HOLDFAST_HOST is ${host}, which other machines can reach, and this server speaks plain HTTP. ` +
      'Put a server with TLS in front of it and set HOLDFAST_BEHIND_PROXY=1, or leave HOLDFAST_HOST out.',
  );
}

/** App and share page on one origin would let a share page's mistake reach the account's keys. */
function checkApart(
  origins: { origin: string | null; shareOrigin: string | null },
  ports: { port: number; sharePort: number },
): void {
  if (origins.origin !== null && origins.origin === origins.shareOrigin) {
    throw new StartError('HOLDFAST_ORIGIN and HOLDFAST_SHARE_ORIGIN are the same; they must differ.');
  }
  if (ports.port !== 0 && ports.port === ports.sharePort) {
    throw new StartError('HOLDFAST_PORT and HOLDFAST_SHARE_PORT are the same; they must differ.');
  }
}

function origin(env: Env, name: string, behindProxy: boolean): string | null {
  const text = env[name];
  if (text === undefined || text === '') {
    if (!behindProxy) return null;
    throw new StartError(`${name} is missing. Behind a proxy it says under which address people reach the server.`);
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.origin !== text || !['http:', 'https:'].includes(url.protocol)) {
    throw new StartError(
      `${name} is "${text}"; it must be an origin such as https://backup.example.org, without a path.`,
    );
  }
  if (url.protocol === 'https:') {
    if (behindProxy) return text;
    throw new StartError(
      `${name} is ${text}, so a server with TLS stands in front: set HOLDFAST_BEHIND_PROXY=1. ` +
        'Without it all people have one address, and together the tries that one of them has.',
    );
  }
  if (isLoopback(url.hostname.replace(/^\[|\]$/g, ''))) return text;
  throw new StartError(`${name} is ${text}; outside this machine it must begin with https.`);
}

function integer(env: Env, name: string, fallback: number, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new StartError(`${name} is "${text}"; it must be a whole number from ${least} to ${most}.`);
}

function oneOf<const T extends string>(env: Env, name: string, allowed: readonly T[], fallback: T): T {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const found = allowed.find((value) => value === text);
  if (found !== undefined) return found;
  throw new StartError(`${name} is "${text}"; it must be one of ${allowed.join(', ')}.`);
}

function contact(env: Env, name: string): string | null {
  const text = env[name];
  if (text === undefined || text === '') return null;
  if (/^(mailto|https):\S+$/.test(text)) return text;
  throw new StartError(`${name} is "${text}"; it must begin with mailto: or https:.`);
}

function builtPage(root: string): string | null {
  return existsSync(`${root}/index.html`) ? root : null;
}

function productVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const manifest: { version: string } = JSON.parse(text);
  return manifest.version;
}

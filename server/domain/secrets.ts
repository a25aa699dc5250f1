/** The server's secrets: what they are, when they are good, and the check that ties a database to them. */
import { createHmac, randomBytes } from 'node:crypto';
import type { Bytes } from '../../shared/bytes/index.ts';
import { createSetup, isSetup } from './opaque.ts';

export interface Secrets {
  /** 16 bytes as hex, fixed for the life of the server. */
  readonly serverId: string;
  /** 32 bytes: key of the HMAC under which login names are stored. */
  readonly nameKey: Bytes;
  /** Without it every password is useless. */
  readonly opaqueServerSetup: string;
}

export async function newSecrets(): Promise<Secrets> {
  return {
    serverId: randomBytes(16).toString('hex'),
    nameKey: new Uint8Array(randomBytes(32)),
    opaqueServerSetup: await createSetup(),
  };
}

export function secretsText({ serverId, nameKey, opaqueServerSetup }: Secrets): string {
  const key = Buffer.from(nameKey).toString('base64url');
  return `${JSON.stringify({ serverId, nameKey: key, opaqueServerSetup }, null, 2)}\n`;
}

/** Null unless the text holds three whole secrets. */
export async function parseSecrets(text: string): Promise<Secrets | null> {
  const fields = fieldsOf(text);
  const { serverId, nameKey, opaqueServerSetup } = fields;
  if (typeof serverId !== 'string' || !/^[0-9a-f]{32}$/.test(serverId) || /^0*$/.test(serverId)) return null;
  if (typeof nameKey !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(nameKey) || /^A*$/.test(nameKey)) return null;
  if (typeof opaqueServerSetup !== 'string' || !/^[A-Za-z0-9_-]{171}$/.test(opaqueServerSetup)) return null;
  if (!(await isSetup(opaqueServerSetup))) return null;
  return { serverId, nameKey: new Uint8Array(Buffer.from(nameKey, 'base64url')), opaqueServerSetup };
}

function fieldsOf(text: string): Partial<Record<keyof Secrets, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Kept in the database, which then opens with these secrets only. */
export function secretsCheck({ serverId, nameKey, opaqueServerSetup }: Secrets): Bytes {
  return new Uint8Array(createHmac('sha256', nameKey).update(`${serverId}.${opaqueServerSetup}`).digest());
}

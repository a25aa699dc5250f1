/** The server alone: packs up and down from a plain HTTP client on the same machine. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { join } from 'node:path';
import { MAX_PACK, PACK_HEADER, packsPath, packsReadPath } from '../../shared/protocol/index.ts';
import { removeFolder } from '../support/folders.ts';
import { openAccount } from './rig/account.ts';
import type { Bench, BenchOptions, Contest, Sample } from './rig/bench.ts';
import { costs } from './rig/processes.ts';
import { startScript } from './rig/scripts.ts';

const CONNECTIONS = 4;
const RANGE = 1_048_576;

export const bench: Bench = {
  name: 'server',
  work: 'Packs of 4 MiB sent over 4 connections, each hashed and synced before it is answered.',
  peer: 'a bare node:http server that receives, hashes, writes, syncs and renames the same',
  differs: [
    'The bare server knows no sessions, vaults, quotas, database, limits or log, and reads whole files for its GETs.',
    'Both answer the same client in a process of its own; what it costs to send is in neither figure of the processor.',
  ],
  unit: 'MB/s',
  better: 'more',
  reach: [{ timesPeer: true, atLeast: 0.8 }],
  open,
};

interface Side {
  readonly kind: string;
  readonly agent: Agent;
  readonly put: Way;
  readonly get: Way;
}

/** How a side is asked to take or give the pack `id`. */
type Way = (id: string) => {
  readonly url: string;
  readonly method: 'POST' | 'PUT' | 'GET';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

interface Pack {
  readonly id: string;
  /** The first bytes; all packs share the rest. */
  readonly head: Buffer;
}

async function open({ quick, folder }: BenchOptions): Promise<Contest> {
  const body = randomBytes(MAX_PACK);
  const count = quick ? 8 : 96;
  const { server, person } = await openAccount();
  const root = join(folder, 'bare');
  await mkdir(root);
  const bare = await startScript('bare-server', root);
  const agents = [0, 1].map(() => new Agent({ keepAlive: true, maxSockets: CONNECTIONS })) as [Agent, Agent];
  const admitted = { ...person.bearer, 'x-ebk': '1' };
  const ours: Side = {
    kind: 'server',
    agent: agents[0],
    put: (id) => ({
      url: server.app + packsPath(person.vault),
      method: 'POST',
      headers: { ...admitted, [PACK_HEADER]: id, 'content-type': 'application/octet-stream' },
    }),
    get: (id) => ({
      url: server.app + packsReadPath(person.vault),
      method: 'POST',
      headers: { ...admitted, 'content-type': 'application/json' },
      body: JSON.stringify({ pack: id }),
    }),
  };
  const peer: Side = {
    kind: 'bare-server',
    agent: agents[1],
    put: (id) => ({ url: `${bare.address}/${id}`, method: 'PUT', headers: {} }),
    get: (id) => ({ url: `${bare.address}/${id}`, method: 'GET', headers: {} }),
  };
  const rounds = (side: Side) => async (): Promise<Sample> => {
    await measure(side, body, Math.ceil(count / 4));
    return measure(side, body, count);
  };
  return {
    ours: rounds(ours),
    peer: rounds(peer),
    close: async () => {
      for (const agent of agents) agent.destroy();
      bare.end();
      await server.dispose();
      await removeFolder(root);
    },
  };
}

async function measure(side: Side, body: Buffer, count: number): Promise<Sample> {
  const packs = Array.from({ length: count }, () => newPack(body));
  const bytes = count * MAX_PACK;
  const before = await spentBy(side.kind);
  const put = await rate(packs, bytes, ({ id, head }) =>
    answered(side, side.put(id), { 'content-length': String(MAX_PACK) }, [head, body.subarray(head.length)]),
  );
  const cpu = (await spentBy(side.kind)) - before;
  const get = await rate(packs, bytes, ({ id }) => answered(side, side.get(id)));
  const ranges = await rate(packs, count * RANGE, ({ id }) =>
    answered(side, side.get(id), { range: `bytes=${RANGE}-${2 * RANGE - 1}` }),
  );
  const extras = { put_cpu_seconds_per_gb: cpu / (bytes / 1e9), get_mb_per_s: get };
  return { figure: put, extras: side.kind === 'server' ? { ...extras, get_1_mib_ranges_mb_per_s: ranges } : extras };
}

async function spentBy(kind: string): Promise<number> {
  return [...(await costs())].reduce((sum, [name, seconds]) => (name.startsWith(`${kind}/`) ? sum + seconds : sum), 0);
}

function newPack(body: Buffer): Pack {
  const head = randomBytes(32);
  return { id: createHash('sha256').update(head).update(body.subarray(32)).digest('hex'), head };
}

/** MB a second over all connections. */
async function rate(packs: readonly Pack[], bytes: number, each: (pack: Pack) => Promise<void>): Promise<number> {
  const started = performance.now();
  const queue = packs.values();
  const connection = async () => {
    for (const pack of queue) await each(pack);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  return bytes / 1e6 / ((performance.now() - started) / 1000);
}

function answered(
  { agent }: Side,
  { url, method, headers, body: asked = '' }: ReturnType<Way>,
  more: Readonly<Record<string, string>> = {},
  body: readonly Uint8Array[] = [Buffer.from(asked)],
): Promise<void> {
  const options: RequestOptions = { method, agent, headers: { ...headers, ...more } };
  return new Promise((resolve, reject) => {
    const call = request(url, options, (response: IncomingMessage) => {
      const { statusCode = 0 } = response;
      response.resume().on('error', reject);
      response.on('end', () => (statusCode < 300 ? resolve() : reject(new Error(`${method} answered ${statusCode}`))));
    });
    call.on('error', reject);
    for (const part of body) call.write(part);
    call.end();
  });
}

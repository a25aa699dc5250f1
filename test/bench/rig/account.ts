/** A server in a process of its own with one account on it, for benches that speak to it without a person. */
import { Answer, type Call } from '../../server/support/bench.ts';
import { Person } from '../../server/support/person.ts';
import { TestServer } from '../../support/server.ts';

export interface Account {
  readonly server: TestServer;
  readonly person: Person;
}

export async function openAccount(): Promise<Account> {
  // as `npm start` runs it: no line for each request
  const server = await TestServer.start({ env: { HOLDFAST_LOG_LEVEL: 'warn' } });
  return { server, person: await Person.registered({ ask: (...call) => ask(server.app, ...call) }) };
}

async function ask(origin: string, method: string, url: string, { json, headers }: Call = {}): Promise<Answer> {
  const response = await fetch(origin + url, {
    method,
    headers: { 'x-ebk': '1', ...(json !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  return new Answer(response.status, Object.fromEntries(response.headers), Buffer.from(await response.arrayBuffer()));
}

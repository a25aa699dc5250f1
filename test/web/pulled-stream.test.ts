/** A streamed download: whole or not at all. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { PortMessage, PortRequest } from '../../web/session/contract.ts';
import { pulledStream } from '../../web/sw/pulled-stream.ts';
import { until } from '../support/waiting.ts';

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** A worker that answers each pull with the next message. */
function worker(messages: readonly PortMessage[]) {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const requests: PortRequest['type'][] = [];
  const left = [...messages];
  port1.onmessage = ({ data }: MessageEvent<PortRequest>) => {
    requests.push(data.type);
    const next = data.type === 'pull' ? left.shift() : undefined;
    if (next !== undefined) port1.postMessage(next);
  };
  return { port: port2 as unknown as globalThis.MessagePort, requests };
}

const chunk = (length: number): PortMessage => ({ type: 'chunk', bytes: new Uint8Array(length).fill(7) });

async function read(stream: ReadableStream<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const bytes of stream) length += bytes.length;
  return length;
}

test('the promised bytes end well', async () => {
  const { port } = worker([chunk(5), chunk(3), { type: 'done' }]);
  assert.equal(await read(pulledStream(port, 8)), 8);
});

test('an empty file ends well', async () => {
  const { port } = worker([{ type: 'done' }]);
  assert.equal(await read(pulledStream(port, 0)), 0);
});

test('too few bytes are an error, never a shorter file', async () => {
  const { port } = worker([chunk(5), { type: 'done' }]);
  await assert.rejects(read(pulledStream(port, 8)));
});

test('too many bytes are an error, and the worker is told', async () => {
  const { port, requests } = worker([chunk(5), chunk(5), { type: 'done' }]);
  await assert.rejects(read(pulledStream(port, 8)));
  await until('the cancel', () => requests.at(-1) === 'cancel');
});

test('a failure in the worker fails the download', async () => {
  const { port } = worker([chunk(5), { type: 'error', code: 'E_INTEGRITY' }]);
  await assert.rejects(read(pulledStream(port, 8)), /E_INTEGRITY/);
});

test('no more than a few blocks are held for a reader that is slow', async () => {
  const { port, requests } = worker([...Array.from({ length: 20 }, () => chunk(5)), { type: 'done' }]);
  const stream = pulledStream(port, 100);
  await until('the blocks ahead', () => requests.length === 4);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(requests.length, 4);
  assert.equal(await read(stream), 100);
});

test('a download that the person cancels cancels the restore', async () => {
  const { port, requests } = worker([chunk(5), chunk(3), { type: 'done' }]);
  const reader = pulledStream(port, 8).getReader();
  await reader.read();
  await reader.cancel();
  await until('the cancel', () => requests.at(-1) === 'cancel');
});

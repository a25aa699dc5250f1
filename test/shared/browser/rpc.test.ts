/** Calls over a port: answers, failures with their codes, events, ports that travel along, and ends. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { bytesIn, connect, type RpcPort, serve } from '../../../shared/browser/index.ts';
import { HoldfastError } from '../../../shared/errors/index.ts';

interface Shop {
  add(a: number, b: number): Promise<number>;
  fail(code: 'E_RATE'): Promise<never>;
  crash(): Promise<never>;
  echo(target: { kind: string; port: MessagePort }): Promise<string>;
  never(): Promise<void>;
}

const open: MessageChannel[] = [];
afterEach(() => {
  for (const { port1, port2 } of open.splice(0)) {
    port1.close();
    port2.close();
  }
});

const shop: Shop = {
  add: async (a, b) => a + b,
  fail: async (code) => {
    throw new HoldfastError(code, 'slow down', { retryAfterMs: 250 });
  },
  crash: async () => {
    throw new TypeError('a fault');
  },
  echo: async ({ kind, port }) => {
    port.postMessage('hello');
    port.close();
    return kind;
  },
  never: () => new Promise(() => {}),
};

function pair() {
  const channel = new MessageChannel();
  open.push(channel);
  let emit = (_event: string): void => {};
  const stop = serve<Shop, string>(channel.port1 as unknown as RpcPort, shop, (send) => {
    emit = send;
  });
  const connection = connect<Shop, string>(channel.port2 as unknown as RpcPort);
  return { ...connection, emit: (event: string) => emit(event), stop, channel };
}

test('a call is answered, and calls do not mix', async () => {
  const { api } = pair();
  assert.deepEqual(await Promise.all([api.add(1, 2), api.add(10, 20)]), [3, 30]);
});

test('a failure keeps its code and its waiting time', async () => {
  const { api } = pair();
  await assert.rejects(api.fail('E_RATE'), (error) => {
    assert.ok(error instanceof HoldfastError);
    assert.equal(error.code, 'E_RATE');
    assert.equal(error.retryAfterMs, 250);
    return true;
  });
});

test('any other throw is a fault of ours', async () => {
  const { api } = pair();
  await assert.rejects(api.crash(), { code: 'E_INTERNAL' });
});

test('only methods of the interface can be called', async () => {
  const { api } = pair();
  for (const name of ['nothing', 'constructor', 'toString']) {
    const method = Reflect.get(api, name) as () => Promise<void>;
    await assert.rejects(method(), { code: 'E_INTERNAL' }, name);
  }
});

test('a port inside an argument travels', async () => {
  const { api } = pair();
  const channel = new MessageChannel();
  open.push(channel);
  const heard = new Promise((resolve) => {
    channel.port1.onmessage = ({ data }) => resolve(data);
  });
  assert.equal(await api.echo({ kind: 'port', port: channel.port2 }), 'port');
  assert.equal(await heard, 'hello');
});

test('events reach every listener until it leaves', async () => {
  const { onEvent, emit, api } = pair();
  const heard: string[] = [];
  const leave = onEvent((event) => heard.push(event));
  emit('one');
  await api.add(0, 0);
  leave();
  emit('two');
  await api.add(0, 0);
  assert.deepEqual(heard, ['one']);
});

test('closing rejects what waits and what comes later', async () => {
  const { api, close } = pair();
  const waiting = api.never();
  close();
  await assert.rejects(waiting, { code: 'E_CANCELLED' });
  await assert.rejects(api.add(1, 1), { code: 'E_CANCELLED' });
});

test('a worker that dies fails every call', async () => {
  const listeners = new Map<string, (event: Event) => void>();
  const port: RpcPort = {
    postMessage: () => {},
    addEventListener: (type, listener) => listeners.set(type, listener),
    removeEventListener: () => {},
  };
  const { api } = connect<Shop>(port);
  const waiting = api.never();
  listeners.get('error')?.(new Event('error'));
  await assert.rejects(waiting, { code: 'E_INTERNAL' });
  await assert.rejects(api.add(1, 1), { code: 'E_INTERNAL' });
});

test('something that cannot be sent rejects and leaves nothing behind', async () => {
  const { api } = pair();
  await assert.rejects(api.add((() => 1) as unknown as number, 2));
  assert.equal(await api.add(2, 2), 4);
});

test('bytes change hands when they are what is called with or answered, and are copied when they are part of it', () => {
  const bytes = (length: number) => new Uint8Array(length);
  const [a, b, c] = [bytes(1), bytes(2), bytes(3)];
  assert.deepEqual(bytesIn([a, [1, 2]]), [a.buffer]);
  assert.deepEqual(bytesIn([[{ b, c }]]), [b.buffer, c.buffer]);
  assert.deepEqual(bytesIn([[{ half: a.subarray(0) }, { other: a }]]), [a.buffer]);
  assert.deepEqual(bytesIn([{ secret: a, rows: [b] }, 7, null, undefined]), []);
});

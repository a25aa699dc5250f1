/**
 * Stands between a client and a server as a line to somewhere else: so many bytes a second each way, which all connections
 * share, and so long on the way. What is sent comes out whole and in order. It loses nothing, and every connection is as
 * fast from its first byte as later, which no real line is.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Line {
  /** Of a byte that goes one way. */
  readonly delayMs: number;
  readonly bytesPerSecond: number;
}

export interface LongRoad {
  readonly url: string;
  close(): Promise<void>;
}

/** Bytes of one connection that may be on their way before the sender has to wait. */
const WINDOW = 2 * 1_048_576;

/** Leads to the host and port of `target`. */
export async function startLongRoad(target: string, line: Line): Promise<LongRoad> {
  const { hostname, port } = new URL(target);
  const [there, back] = [{ freeAt: 0 }, { freeAt: 0 }];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
    for (const [from, to, way] of [
      [near, far, there],
      [far, near, back],
    ] as const) {
      sockets.add(from);
      from.on('close', () => sockets.delete(from));
      from.on('error', () => to.destroy());
      lead(from, to, way, line);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server.close(), 'close');
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** `way.freeAt`: when the line has taken everything that was given to it so far. */
function lead(from: Socket, to: Socket, way: { freeAt: number }, { delayMs, bytesPerSecond }: Line): void {
  const onTheWay: { readonly arrives: number; readonly bytes: Buffer | null }[] = [];
  let length = 0;
  let waiting = false;
  const wait = (): void => {
    const next = onTheWay[0];
    if (waiting || next === undefined) return;
    waiting = true;
    setTimeout(arrive, Math.max(0, next.arrives - performance.now()));
  };
  const arrive = (): void => {
    waiting = false;
    const now = performance.now();
    while (onTheWay[0] !== undefined && onTheWay[0].arrives <= now) {
      const bytes = onTheWay.shift()?.bytes ?? null;
      if (bytes === null) to.end();
      else to.write(bytes);
      length -= bytes?.length ?? 0;
    }
    if (length < WINDOW) from.resume();
    wait();
  };
  const send = (bytes: Buffer | null): void => {
    const size = bytes?.length ?? 0;
    way.freeAt = Math.max(performance.now(), way.freeAt) + (1_000 * size) / bytesPerSecond;
    length += size;
    if (length >= WINDOW) from.pause();
    onTheWay.push({ arrives: way.freeAt + delayMs, bytes });
    wait();
  };
  from.on('data', send);
  from.on('end', () => send(null));
}

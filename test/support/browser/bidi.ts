/**
 * WebDriver BiDi over one WebSocket: send a command, hear events. Firefox speaks it without any driver program
 * (W3C WebDriver BiDi, "moz:" extensions for what belongs to the browser itself).
 */

interface Reply {
  readonly type: 'success' | 'error' | 'event';
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
  readonly method?: string;
  readonly params?: unknown;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class BidiConnection {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(method: string, params: unknown) => void>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(String(data)) as Reply);
    socket.onclose = () => {
      for (const { reject } of this.#pending.values()) reject(new Error('the browser is gone'));
      this.#pending.clear();
    };
  }

  static async connect(url: string): Promise<BidiConnection> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error(`no connection to ${url}`));
    });
    return new BidiConnection(socket);
  }

  send<T>(method: string, params: object = {}): Promise<T> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(id, { resolve: (result) => resolve(result as T), reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  onEvent(listener: (method: string, params: unknown) => void): void {
    this.#listeners.add(listener);
  }

  close(): void {
    this.#socket.close();
  }

  #receive(reply: Reply): void {
    if (reply.type === 'event') {
      for (const listener of this.#listeners) listener(reply.method ?? '', reply.params);
      return;
    }
    const pending = this.#pending.get(reply.id ?? 0);
    this.#pending.delete(reply.id ?? 0);
    if (reply.type === 'error') pending?.reject(new Error(`${reply.error}: ${reply.message}`));
    else pending?.resolve(reply.result);
  }
}

export interface RemoteValue {
  readonly type: string;
  readonly value?: unknown;
}

/** A value as it came over the wire, as a plain one. Objects that cannot travel become their type's name. */
export function plain(remote: RemoteValue): unknown {
  const { type, value } = remote;
  switch (type) {
    case 'undefined':
      return undefined;
    case 'null':
      return null;
    case 'array':
    case 'set':
      return (value as RemoteValue[]).map(plain);
    case 'object':
    case 'map':
      return Object.fromEntries((value as [string, RemoteValue][]).map(([key, item]) => [key, plain(item)]));
    case 'bigint':
      return BigInt(String(value));
    default:
      return value ?? `<${type}>`;
  }
}

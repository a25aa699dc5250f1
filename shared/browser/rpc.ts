/**
 * Typed calls over a message port: a page or worker on one side, a worker of it on the other. Requests carry an id and are answered
 * once; events go from the worker to the page unasked; failures travel as code and text and come back as HoldfastError.
 * Pure: knows neither screens nor keys. Both ends are of one build, so messages carry no version.
 */
import { codeOf, type ErrorCode, HoldfastError } from '../errors/index.ts';

/** What Worker, MessagePort and a dedicated worker's own scope have in common. */
export interface RpcPort {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
  /** MessagePort only: delivery begins. */
  start?(): void;
}

interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfterMs: number | undefined;
}

type Message =
  | { readonly rpc: 'call'; readonly id: number; readonly method: string; readonly args: unknown[] }
  | { readonly rpc: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly rpc: 'fault'; readonly id: number; readonly fault: Fault }
  | { readonly rpc: 'event'; readonly event: unknown };

type Method = (...args: unknown[]) => unknown;

export interface Connection<Api, Event> {
  /** Every method of `Api`; rejects with HoldfastError. */
  readonly api: Api;
  /** Returns the function that unsubscribes. */
  readonly onEvent: (listener: (event: Event) => void) => () => void;
  /** Calls that wait, and all later ones, reject with E_CANCELLED. The port itself is the caller's to close. */
  readonly close: () => void;
}

/** Which parts of what is sent change hands instead of being copied. */
export type Transfer = (values: readonly unknown[]) => Transferable[];

/**
 * The worker's side: answers calls with the methods of `api`. `events` is called once with the function that sends an
 * event. Returns the function that stops answering.
 */
export function serve<Api extends object, Event = never>(
  port: RpcPort,
  api: Api,
  events?: (emit: (event: Event) => void) => void,
  transfer: Transfer = portsIn,
): () => void {
  const send = (message: Message): void => port.postMessage(message, transfer(valuesOf(message)));
  const onMessage = (event: globalThis.Event): void => {
    const message = messageOf(event);
    if (message?.rpc === 'call') void answer(api, message.method, message.args, message.id).then(send);
  };
  port.addEventListener('message', onMessage);
  port.start?.();
  events?.((event) => send({ rpc: 'event', event }));
  return () => port.removeEventListener('message', onMessage);
}

async function answer(api: object, method: string, args: unknown[], id: number): Promise<Message> {
  try {
    const found = method in Object.prototype ? undefined : (api as Record<string, unknown>)[method];
    if (typeof found !== 'function') throw new HoldfastError('E_INTERNAL', `no method ${method}`);
    return { rpc: 'answer', id, value: await (found as Method).apply(api, args) };
  } catch (error) {
    const retryAfterMs = error instanceof HoldfastError ? error.retryAfterMs : undefined;
    const message = error instanceof Error ? error.message : 'not an error';
    return { rpc: 'fault', id, fault: { code: codeOf(error), message, retryAfterMs } };
  }
}

/** The other side. A port that breaks (a worker that dies) fails every call that waits with E_INTERNAL. */
export function connect<Api extends object, Event = never>(
  port: RpcPort,
  transfer: Transfer = portsIn,
): Connection<Api, Event> {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: HoldfastError) => void }>();
  const listeners = new Set<(event: Event) => void>();
  let ended: HoldfastError | null = null;
  let lastId = 0;

  const end = (error: HoldfastError): void => {
    ended ??= error;
    port.removeEventListener('message', onMessage);
    for (const call of waiting.values()) call.reject(ended);
    waiting.clear();
  };
  const onMessage = (event: globalThis.Event): void => {
    const message = messageOf(event);
    if (message === null || message.rpc === 'call') return;
    if (message.rpc === 'event') {
      for (const listener of listeners) listener(message.event as Event);
      return;
    }
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.rpc === 'answer') call?.resolve(message.value);
    else call?.reject(revive(message.fault));
  };
  const call = (method: string, args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended !== null) throw ended;
      const message: Message = { rpc: 'call', id: ++lastId, method, args };
      port.postMessage(message, transfer(args));
      waiting.set(message.id, { resolve, reject });
    });

  port.addEventListener('message', onMessage);
  for (const type of ['error', 'messageerror']) {
    port.addEventListener(type, () => end(new HoldfastError('E_INTERNAL', 'the worker stopped')));
  }
  port.start?.();
  return {
    api: proxyOf<Api>(call),
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => end(new HoldfastError('E_CANCELLED', 'the connection is closed')),
  };
}

function proxyOf<Api extends object>(call: (method: string, args: unknown[]) => Promise<unknown>): Api {
  const methods = new Map<string, Method>();
  return new Proxy({} as Api, {
    get: (_, name) => {
      // a promise looks for `then` on whatever it is given
      if (typeof name !== 'string' || name === 'then') return undefined;
      const known = methods.get(name);
      if (known !== undefined) return known;
      const method: Method = (...args) => call(name, args);
      methods.set(name, method);
      return method;
    },
  });
}

function messageOf(event: globalThis.Event): Message | null {
  const data: unknown = (event as MessageEvent).data;
  return typeof data === 'object' && data !== null && 'rpc' in data ? (data as Message) : null;
}

function revive({ code, message, retryAfterMs }: Fault): HoldfastError {
  return new HoldfastError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs });
}

function valuesOf(message: Message): readonly unknown[] {
  return message.rpc === 'answer' ? [message.value] : [];
}

/** Ports handed over in the arguments or the answer: they must be named to travel. They lie at most one object deep. */
function portsIn(values: readonly unknown[]): Transferable[] {
  return values
    .flatMap((value) => (typeof value === 'object' && value !== null ? [value, ...Object.values(value)] : []))
    .filter((value): value is MessagePort => value instanceof MessagePort);
}

/**
 * Bytes that are an argument or the answer, or lie in a list of objects that is one: the sender has them no longer. Bytes
 * anywhere else are copied.
 */
export function bytesIn(values: readonly unknown[]): Transferable[] {
  const listed = values.filter(Array.isArray).flat();
  const parts = [...values, ...listed.flatMap((value) => Object.values(Object(value)))];
  return [...new Set(parts.filter(isBytes).map((bytes) => bytes.buffer))];
}

function isBytes(value: unknown): value is Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array;
}

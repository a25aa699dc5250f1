/** Checks what arrives: only a message of the contract, with exactly the fields it must have, becomes a `Message`. Pure. */
import { addresseeOf, type Envelope, MESSAGE_VERSION, type Message, type MessageType } from './contract.ts';

type Check = (value: unknown) => boolean;
type Fields = Readonly<Record<string, Check>>;

const isString: Check = (value) => typeof value === 'string';
const isNullOr =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const isCount: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isPositive: Check = (value) => isCount(value) && value !== 0;
const isFlag: Check = (value) => typeof value === 'boolean';
const isOneOf =
  (...allowed: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && allowed.includes(value);
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const isId: Check = (value) => typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);

const isRequest = record({
  url: isString,
  kind: isOneOf('link', 'image', 'page', 'download'),
  title: isNullOr(isString),
  fileName: isNullOr(isString),
  length: isNullOr(isCount),
});
const isCapture = record({ request: isRequest, path: isListOf(isString), name: isString });
const isReport: Check = (value) =>
  record({ type: isOneOf('alive', 'moved', 'idle') })(value) ||
  record({ type: isOneOf('fault'), code: isString })(value);

const FIELDS: Readonly<Record<MessageType, Fields>> = {
  wake: {},
  pause: {},
  resume: {},
  cancel: { ids: isListOf(isId) },
  'cancel-all': {},
  retry: { ids: isListOf(isId) },
  'retry-all': {},
  'forget-drops': { ids: isListOf(isId) },
  release: {
    reason: isOneOf('offline', 'rate', 'quota', 'auth', 'locked', 'permission', 'metered', 'fault'),
    sourceId: isNullOr(isId),
  },
  'capture-web': { capture: isCapture, tabId: isNullOr(isCount) },
  account: { account: isNullOr(record({ id: isId, name: isString })) },
  'take-over': {},
  discard: {},
  limits: { uploadLimit: isNullOr(isPositive), waitOnMetered: isFlag },
  'engine-wake': {},
  'engine-report': { report: isReport },
};

/** The message inside an envelope, or null for anything that is not exactly one. */
export function parseEnvelope(value: unknown): Envelope | null {
  if (!record({ holdfast: (v) => v === MESSAGE_VERSION, to: isString, message: isObject })(value)) return null;
  const envelope = value as { to: string; message: Record<string, unknown> };
  const type = envelope.message.type;
  if (typeof type !== 'string' || !Object.hasOwn(FIELDS, type)) return null;
  const known = type as MessageType;
  if (!record({ type: isString, ...FIELDS[known] })(envelope.message)) return null;
  if (envelope.to !== addresseeOf(known)) return null;
  return { holdfast: MESSAGE_VERSION, to: addresseeOf(known), message: envelope.message as unknown as Message };
}

/** An object with exactly these fields. */
function record(fields: Fields): Check {
  const names = Object.keys(fields);
  return (value) => {
    if (!isObject(value)) return false;
    const found = value as Record<string, unknown>;
    return Object.keys(found).length === names.length && names.every((name) => fields[name]?.(found[name]) === true);
  };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

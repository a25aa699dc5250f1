/**
 * Every message between the extension's own contexts: one union, one response map. A message that changes the meaning of
 * a type raises the version, so that a page left open across an update is refused instead of misread. May not: carry a
 * key, a password or bytes of a file.
 */
import type { ErrorCode } from '../../shared/errors/index.ts';
import type { Account, Hold, WebRequest } from '../queue/index.ts';

export const MESSAGE_VERSION = 1;

/** Something to fetch from the web, as the popup asks for it. */
export interface WebCapture {
  readonly request: WebRequest;
  /** Folder names in the vault. */
  readonly path: readonly string[];
  readonly name: string;
}

export type Message =
  /** Something was captured, or something that was waited for may have come. */
  | { type: 'wake' }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'cancel'; ids: readonly string[] }
  | { type: 'cancel-all' }
  | { type: 'retry'; ids: readonly string[] }
  | { type: 'retry-all' }
  /** What was dropped and cut short is left as it is. */
  | { type: 'forget-drops'; ids: readonly string[] }
  | { type: 'release'; reason: Hold['reason']; sourceId: string | null }
  /** `tabId`: the tab that shows it, when it is that tab's own page. */
  | { type: 'capture-web'; capture: WebCapture; tabId: number | null }
  /** Who is signed in on this device now; null: nobody. */
  | { type: 'account'; account: Account | null }
  /** What waits of another account goes to this one, or is removed. */
  | { type: 'take-over' }
  | { type: 'discard' }
  /** What backing up may take of the network: bytes a second, null for no limit. */
  | { type: 'limits'; uploadLimit: number | null; waitOnMetered: boolean }
  /** Background to offscreen document: start, or look again. */
  | { type: 'engine-wake' }
  /** Offscreen document to background. */
  | { type: 'engine-report'; report: EngineReport };

export type MessageType = Message['type'];
export type MessageOf<T extends MessageType> = Extract<Message, { type: T }>;

export interface Responses {
  wake: null;
  pause: null;
  resume: null;
  cancel: null;
  'cancel-all': null;
  retry: null;
  'retry-all': null;
  'forget-drops': null;
  release: null;
  /** Whether the site's permission is still needed; the item is in the queue either way. */
  'capture-web': { needsPermission: boolean };
  account: null;
  'take-over': null;
  discard: null;
  limits: null;
  'engine-wake': null;
  'engine-report': null;
}

/** Name of the lock that the engine holds while it is at work. */
export const AT_WORK = 'holdfast-runner';

/** What the engine's worker tells its surroundings. */
export type EngineReport =
  /** Still at it; keeps the background page alive where it would be put to sleep. */
  | { type: 'alive' }
  /** Something that the badge shows has changed. */
  | { type: 'moved' }
  /** A fault that the queue cannot be told of, for it is the queue's. Said once, until a run goes well. */
  | { type: 'fault'; code: ErrorCode }
  /** Nothing left to do now. */
  | { type: 'idle' };

export type Addressee = 'background' | 'engine';

export function addresseeOf(type: MessageType): Addressee {
  return type === 'engine-wake' ? 'engine' : 'background';
}

/** What travels. */
export interface Envelope {
  readonly holdfast: typeof MESSAGE_VERSION;
  readonly to: Addressee;
  readonly message: Message;
}

export type Reply<T extends MessageType = MessageType> =
  | { readonly ok: true; readonly value: Responses[T] }
  | { readonly ok: false; readonly code: ErrorCode };

/**
 * Receives messages. Everything is refused unless the browser says that the sender is one of our own pages and the
 * message is one of the contract, addressed to this context.
 */
import { codeOf } from '../../shared/errors/index.ts';
import type { Addressee, MessageOf, MessageType, Reply, Responses } from './contract.ts';
import { parseEnvelope } from './parse.ts';

/** What the browser itself says about a sender. */
export interface Sender {
  readonly id?: string | undefined;
  readonly url?: string | undefined;
}

/** Who we are. */
export interface Self {
  readonly id: string;
  /** `chrome-extension://…/`, with the slash. */
  readonly origin: string;
}

export type Answers = {
  readonly [T in MessageType]?: (message: MessageOf<T>) => Promise<Responses[T]>;
};

/**
 * A listener for the browser's message event. Answers undefined for what is not ours to answer (another context may),
 * a promise of a reply otherwise.
 */
export function createReceiver(to: Addressee, self: Self, answers: Answers) {
  return (value: unknown, sender: Sender): Promise<Reply> | undefined => {
    if (!isOwn(sender, self)) return undefined;
    const envelope = parseEnvelope(value);
    if (envelope === null || envelope.to !== to) return undefined;
    const answer = answers[envelope.message.type] as ((message: unknown) => Promise<Reply['ok']>) | undefined;
    if (answer === undefined) return undefined;
    return answer(envelope.message).then(
      (result) => ({ ok: true, value: result }) as unknown as Reply,
      (error: unknown): Reply => ({ ok: false, code: codeOf(error) }),
    );
  };
}

function isOwn(sender: Sender, self: Self): boolean {
  return sender.id === self.id && sender.url?.startsWith(self.origin) === true;
}

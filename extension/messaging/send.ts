/** Sends a message to another context of the extension and unwraps its reply. */
import { HoldfastError } from '../../shared/errors/index.ts';
import { addresseeOf, type Envelope, MESSAGE_VERSION, type Message, type Reply, type Responses } from './contract.ts';

/** The browser's way to post an envelope and get the reply of whoever it is addressed to. */
export type Post = (envelope: Envelope) => Promise<unknown>;

export type Send = <M extends Message>(message: M) => Promise<Responses[M['type']]>;

/** Rejects with the receiver's error code; E_INTERNAL when nobody answered. */
export function createSend(post: Post): Send {
  return async <M extends Message>(message: M) => {
    const envelope: Envelope = { holdfast: MESSAGE_VERSION, to: addresseeOf(message.type), message };
    const reply = (await post(envelope)) as Reply<M['type']> | undefined | null;
    if (reply === undefined || reply === null) throw new HoldfastError('E_INTERNAL', `no answer to ${message.type}`);
    if (!reply.ok) throw new HoldfastError(reply.code, `refused: ${message.type}`);
    return reply.value;
  };
}

/**
 * A stream of known length, pulled block by block from the port of the worker that decrypts. It ends well only when
 * exactly the promised bytes came; anything else errors it, which makes the browser discard the download. A few blocks
 * are asked for ahead, because one at a time each would cost two wake-ups of two processes; no more are ever held.
 */
import { addBallast } from '../../shared/bytes/index.ts';
import type { PortMessage, PortRequest } from '../session/contract.ts';

const AHEAD = 4;

export function pulledStream(port: MessagePort, length: number): ReadableStream<Uint8Array> {
  let received = 0;
  let asked = 0;
  const ask = (request: PortRequest): void => port.postMessage(request);
  const finish = (): void => {
    port.onmessage = null;
    port.close();
  };

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const fail = (reason: string): void => {
          controller.error(new Error(reason));
          finish();
        };
        port.onmessage = ({ data }: MessageEvent<PortMessage>) => {
          if (data.type === 'error') return fail(data.code);
          if (data.type === 'chunk') {
            received += data.bytes.byteLength;
            if (received > length) {
              ask({ type: 'cancel' });
              return fail('more bytes than promised');
            }
            asked--;
            controller.enqueue(data.bytes);
            addBallast(data.bytes.byteLength);
            return;
          }
          if (received !== length) return fail('fewer bytes than promised');
          controller.close();
          finish();
        };
      },
      pull({ desiredSize }) {
        for (; asked < (desiredSize ?? 0); asked++) ask({ type: 'pull' });
      },
      cancel() {
        ask({ type: 'cancel' });
        finish();
      },
    },
    new CountQueuingStrategy({ highWaterMark: AHEAD }),
  );
}

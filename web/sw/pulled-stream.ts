/**
 * A stream of known length, pulled chunk by chunk from the port of the worker that decrypts. It ends well only when
 * exactly the promised bytes came; anything else errors it, which makes the browser discard the download. Holds at most
 * one chunk.
 */
import type { PortMessage, PortRequest } from '../session/contract.ts';

export function pulledStream(port: MessagePort, length: number): ReadableStream<Uint8Array> {
  let received = 0;
  let wanted: (() => void) | null = null;
  const ask = (request: PortRequest): void => port.postMessage(request);
  const finish = (): void => {
    port.onmessage = null;
    port.close();
    wanted?.();
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
            controller.enqueue(data.bytes);
            wanted?.();
            return;
          }
          if (received !== length) return fail('fewer bytes than promised');
          controller.close();
          finish();
        };
      },
      pull() {
        return new Promise<void>((resolve) => {
          wanted = resolve;
          ask({ type: 'pull' });
        });
      },
      cancel() {
        ask({ type: 'cancel' });
        finish();
      },
    },
    new CountQueuingStrategy({ highWaterMark: 0 }),
  );
}

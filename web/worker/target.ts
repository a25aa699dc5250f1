/**
 * Writes a restore into its target. The number of bytes is checked before anything is called complete; on a failure the
 * target is left unfinished and says so, never shortened and called done.
 */
import { opfsFiles } from '../../shared/browser/index.ts';
import { addBallast, type Bytes } from '../../shared/bytes/index.ts';
import { codeOf, HoldfastError, integrityError } from '../../shared/errors/index.ts';
import type { PortMessage, PortRequest, RestoreTarget } from '../session/contract.ts';
import { diskError } from './folder-tree.ts';

/** Everything that takes one stream of bytes. */
type StreamTarget = Exclude<RestoreTarget, { kind: 'folder' }>;

interface Sink {
  write(bytes: Bytes): Promise<void>;
  close(length: number): Promise<void>;
  abort(error: unknown): Promise<void>;
}

export interface WriteOptions {
  readonly signal: AbortSignal;
  /** Bytes that are written. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Writes exactly `length` bytes, given in blocks that are the target's to keep. Errors: those of the stream; E_DISK_FULL;
 * E_CANCELLED by the signal, or when the reader says so; E_INTERNAL when the reader is gone without a word.
 */
export async function writeTo(
  target: StreamTarget,
  stream: AsyncIterable<Bytes>,
  length: number,
  { signal, onBytes }: WriteOptions,
): Promise<void> {
  const sink = await openSink(target, signal);
  let written = 0;
  try {
    for await (const bytes of stream) {
      // Counted first: a port takes the bytes away.
      written += bytes.length;
      await sink.write(bytes);
      onBytes(written);
    }
    if (written !== length) throw integrityError();
    await sink.close(length);
  } catch (error) {
    const shown = diskError(error);
    await sink.abort(shown).catch(() => {});
    throw shown;
  }
}

async function openSink(target: StreamTarget, signal: AbortSignal): Promise<Sink> {
  switch (target.kind) {
    case 'port':
      return portSink(target.port, signal);
    case 'opfs':
      return opfsSink(target.name);
    default:
      return target satisfies never;
  }
}

async function opfsSink(name: string): Promise<Sink> {
  const writer = await opfsFiles().create(name);
  return {
    write: async (bytes) => {
      writer.write(bytes);
      addBallast(bytes.length);
    },
    close: (length) => writer.finish(length),
    abort: () => writer.abandon(),
  };
}

/** One block for one pull, so that a slow reader holds the whole restore back. */
function portSink(port: MessagePort, signal: AbortSignal): Sink {
  let pulls = 0;
  /** Why nothing more is wanted; nobody may ask for the next block any more. */
  let ended: HoldfastError | null = null;
  let wake = (): void => {};
  const end = (error: HoldfastError): void => {
    ended ??= error;
    wake();
  };
  const cancel = (): void => end(new HoldfastError('E_CANCELLED', 'the download was cancelled'));
  port.onmessage = ({ data }: MessageEvent<PortRequest>) => {
    if (data.type !== 'pull') return cancel();
    pulls++;
    wake();
  };
  // When the service worker ends, and its side of the port with it.
  port.addEventListener('close', () => end(new HoldfastError('E_INTERNAL', 'the download is gone')));
  signal.addEventListener('abort', cancel, { once: true });
  const send = (message: PortMessage, transfer: Transferable[] = []): void => port.postMessage(message, transfer);
  const pulled = async (): Promise<void> => {
    while (pulls === 0 && ended === null)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    if (ended !== null) throw ended;
    pulls--;
  };
  return {
    async write(bytes) {
      await pulled();
      send({ type: 'chunk', bytes }, [bytes.buffer]);
    },
    async close() {
      await pulled();
      send({ type: 'done' });
    },
    async abort(error) {
      send({ type: 'error', code: codeOf(error) });
      port.close();
    },
  };
}

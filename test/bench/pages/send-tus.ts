/** A worker that uploads the same bytes as four files at a time, each in one request, which is how tus is fastest. */
import './window-global.ts';
import { Upload } from 'tus-js-client';
import { randomBytes } from './bytes.ts';
import type { Sending } from './send-ours.ts';

const AT_ONCE = 4;

export async function run({ address, mebibytes }: { address: string; mebibytes: number }): Promise<Sending> {
  const part = new Blob([randomBytes(4 * 1_048_576)]);
  const file = () => new Blob(Array.from({ length: mebibytes / AT_ONCE / 4 }, () => part));
  const files = Array.from({ length: AT_ONCE }, file);
  const started = performance.now();
  await Promise.all(files.map((each) => upload(each, `${address}/files`)));
  return { mbPerSecond: (mebibytes * 1.048576) / ((performance.now() - started) / 1000) };
}

function upload(file: Blob, endpoint: string): Promise<void> {
  return new Promise((resolve, reject) => {
    new Upload(file, {
      endpoint,
      chunkSize: Number.POSITIVE_INFINITY,
      retryDelays: null,
      storeFingerprintForResuming: false,
      onError: reject,
      onSuccess: () => resolve(),
    }).start();
  });
}

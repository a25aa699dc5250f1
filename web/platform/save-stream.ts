/** Saving by a download that the service worker streams. The page keeps that worker running while it lasts. */
import { HoldfastError } from '../../shared/errors/index.ts';
import type { RestorePlan, RestoreTarget } from '../session/contract.ts';
import { DOWNLOAD_SCOPE, type ToServiceWorker } from '../session/download.ts';
import type { SaveSlot } from './save-slot.ts';

const PING_MS = 5_000;
const READY_MS = 10_000;

/** Null when the service worker cannot run here (private windows, a policy). */
export async function streamSlot(url: string, name: string): Promise<SaveSlot | null> {
  const frame = hiddenFrame();
  const worker = await activeWorker(url);
  if (worker === null) {
    frame.remove();
    return null;
  }
  const id = crypto.randomUUID();
  const tell = (message: ToServiceWorker, transfer: Transferable[] = []): void => worker.postMessage(message, transfer);
  let pings: ReturnType<typeof setInterval> | undefined;
  const stop = async (): Promise<void> => {
    clearInterval(pings);
    frame.remove();
  };
  return {
    open: async (plan: RestorePlan): Promise<RestoreTarget> => {
      const bytes = new MessageChannel();
      const answer = new MessageChannel();
      tell({ type: 'offer', id, name, length: plan.length, source: bytes.port2, reply: answer.port2 }, [
        bytes.port2,
        answer.port2,
      ]);
      await firstMessage(answer.port1);
      pings = setInterval(() => tell({ type: 'ping' }), PING_MS);
      frame.src = DOWNLOAD_SCOPE + id;
      return { kind: 'port', port: bytes.port1 };
    },
    finish: stop,
    discard: async () => {
      await stop();
      tell({ type: 'withdraw', id });
    },
  };
}

/**
 * Chromium asks the service worker about a navigation, but not about a link with `download`: so a frame navigates. It is
 * there before the service worker starts, so that both get one process and blocks cross no border between two: of an
 * isolated page Chromium forgets the process when its address changes without a load, but knows it by a frame.
 */
function hiddenFrame(): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  document.body.append(frame);
  return frame;
}

/** Null also when the browser does not answer in time: a registration can hang behind an update of the same worker. */
async function activeWorker(url: string): Promise<ServiceWorker | null> {
  let late: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<null>((resolve) => {
    late = setTimeout(() => resolve(null), READY_MS);
  });
  try {
    return await Promise.race([registered(url), tooLate]);
  } catch {
    return null;
  } finally {
    clearTimeout(late);
  }
}

/** The one that is there, for its updates the browser cares; else a new one. */
async function registered(url: string): Promise<ServiceWorker | null> {
  const known = await navigator.serviceWorker.getRegistration(DOWNLOAD_SCOPE);
  // In an extension, its background would answer for every address that nobody else has.
  if (known?.active && new URL(known.scope).pathname === DOWNLOAD_SCOPE) return activated(known.active);
  const { active, waiting, installing } = await navigator.serviceWorker.register(url, {
    scope: DOWNLOAD_SCOPE,
    type: 'module',
  });
  const worker = active ?? waiting ?? installing;
  return worker === null ? null : activated(worker);
}

function activated(worker: ServiceWorker): Promise<ServiceWorker> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (worker.state === 'activated') resolve(worker);
      else if (worker.state === 'redundant') reject(new Error('replaced while it started'));
    };
    worker.addEventListener('statechange', look);
    look();
  });
}

function firstMessage(port: MessagePort): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new HoldfastError('E_TIMEOUT', 'the service worker did not answer')),
      READY_MS,
    );
    port.onmessage = () => {
      clearTimeout(late);
      port.close();
      resolve();
    };
  });
}

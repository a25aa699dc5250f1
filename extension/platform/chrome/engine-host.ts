/** Chromium: a service worker may not own workers, so an offscreen document does. Its reports come as messages. */
import type { EngineHostFactory } from '../engine-host.ts';

const DOCUMENT = 'offscreen.html';

export const createOffscreenHost: EngineHostFactory = ({ send }) => ({
  async wake() {
    if (!(await exists())) await create();
    await send({ type: 'engine-wake' });
  },
  isRunning: exists,
  async close() {
    if (await exists()) await chrome.offscreen.closeDocument();
  },
});

async function exists(): Promise<boolean> {
  const found = await chrome.runtime.getContexts({
    contextTypes: ['OFFSCREEN_DOCUMENT' as chrome.runtime.ContextType],
  });
  return found.length > 0;
}

function create(): Promise<void> {
  return chrome.offscreen.createDocument({
    url: DOCUMENT,
    reasons: ['WORKERS' as chrome.offscreen.Reason],
    justification: 'Encrypts and uploads what is to be backed up, in a worker that outlives the service worker.',
  });
}

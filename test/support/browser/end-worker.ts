/** Ends workers that Playwright does not know, through a session of the page that owns them. */
import type { CDPSession } from 'playwright-core';
import { until, within } from '../waiting.ts';

const PATIENCE = 2_000;

interface Attached {
  readonly sessionId: string;
  readonly targetInfo: { readonly type: string; readonly title: string; readonly targetId: string };
}

interface Nested {
  readonly method?: string;
  readonly params?: Attached;
}

/** Has a worker of the page close itself, and waits until it is gone. Answers whether one has a name that begins so. */
export async function endWorkerOf(browser: CDPSession, pageId: string, name: string): Promise<boolean> {
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId: pageId, flatten: false });
  const tell = async (method: string, params: object): Promise<void> => {
    const message = JSON.stringify({ id: 1, method, params });
    await browser.send('Target.sendMessageToTarget', { sessionId, message });
  };
  const found = Promise.withResolvers<Attached>();
  const hear = (event: { sessionId: string; message: string }): void => {
    const { method, params }: Nested = JSON.parse(event.message);
    if (event.sessionId !== sessionId || method !== 'Target.attachedToTarget' || params === undefined) return;
    if (params.targetInfo.type === 'worker' && params.targetInfo.title.startsWith(name)) found.resolve(params);
  };
  browser.on('Target.receivedMessageFromTarget', hear);
  try {
    await tell('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
    const worker = await within(PATIENCE, found.promise);
    if (worker === null) return false;
    const message = JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: 'self.close()' } });
    await tell('Target.sendMessageToTarget', { sessionId: worker.sessionId, message });
    await until('the worker to be gone', async () => {
      const { targetInfos } = await browser.send('Target.getTargets');
      return !targetInfos.some(({ targetId }) => targetId === worker.targetInfo.targetId);
    });
    return true;
  } finally {
    browser.off('Target.receivedMessageFromTarget', hear);
    await browser.send('Target.detachFromTarget', { sessionId }).catch(() => undefined);
  }
}

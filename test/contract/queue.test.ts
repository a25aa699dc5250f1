/** The queue's contract in Node, over an IndexedDB in memory. */
import 'fake-indexeddb/auto';
import { openQueue } from '../../extension/queue/index.ts';
import { queueSuite } from './queue-suite.ts';

let count = 0;

queueSuite('queue over fake-indexeddb', () => {
  const name = `queue-${count++}`;
  return { db: openQueue(name), reopen: () => openQueue(name) };
});

/** A lane's worker. The engine speaks to it through the port that comes first. Wiring only. */
import { systemRandom } from '../../shared/browser/index.ts';
import { fillsFromFiles, holdLife } from '../platform/worker/index.ts';
import { serveLane } from '../runner/lane-worker.ts';

const deps = { random: systemRandom, fillsFromFiles };
self.addEventListener('message', (event) => serveLane((event as MessageEvent).ports[0] as MessagePort, deps), {
  once: true,
});
holdLife();

/** A lane's worker. The engine speaks to it through the port that comes first. Wiring only. */
import { serveLane } from '../runner/lane-worker.ts';

self.addEventListener('message', (event) => serveLane((event as MessageEvent).ports[0] as MessagePort), { once: true });

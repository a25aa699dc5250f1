/** A lane's worker, owned by the engine's. Wiring only. */
import { serveLane } from '../runner/lane-worker.ts';

serveLane(self);

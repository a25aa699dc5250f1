/** Why the server does not start, in words for the person who runs it: what is wrong and what to do. */
import { HoldfastError } from '../shared/errors/index.ts';

export class StartError extends HoldfastError {
  constructor(message: string, cause?: unknown) {
    super('E_INPUT', message, { cause });
  }
}

/** The one way the server says no. A refusal names a problem of the wire contract; the HTTP edge turns it into an answer. */
import { HoldfastError } from '../../shared/errors/index.ts';
import { type Head, PROBLEMS, type ProblemCode } from '../../shared/protocol/index.ts';

export interface RefusalDetail {
  /** Pack ids that a commit names and the server does not have. */
  readonly missing?: readonly string[];
  /** The head that the caller should have named. */
  readonly head?: Head;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

export class Refusal extends HoldfastError {
  readonly problem: ProblemCode;
  readonly missing: readonly string[] | undefined;
  readonly head: Head | undefined;

  constructor(problem: ProblemCode, detail: RefusalDetail = {}) {
    super(PROBLEMS[problem].error, PROBLEMS[problem].title, {
      cause: detail.cause,
      ...(detail.retryAfterMs === undefined ? {} : { retryAfterMs: detail.retryAfterMs }),
    });
    this.problem = problem;
    this.missing = detail.missing;
    this.head = detail.head;
  }
}

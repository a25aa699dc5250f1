/** The one way the server says no. A refusal names a problem of the wire contract; the HTTP edge turns it into an answer. */
import { HoldfastError } from '../../shared/errors/index.ts';
import { type Head, PROBLEMS, type ProblemCode } from '../../shared/protocol/index.ts';

const UNWRITABLE: ReadonlySet<ProblemCode> = new Set<ProblemCode>(['server-full', 'unavailable']);

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

/** For notes that nobody asked for: where the disk does not take one, what it is about goes on without. */
export async function ifPossible(note: Promise<unknown>): Promise<void> {
  try {
    await note;
  } catch (error) {
    if (!(error instanceof Refusal) || !UNWRITABLE.has(error.problem)) throw error;
  }
}

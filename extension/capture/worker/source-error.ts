/** What the browser's file errors mean. Pure. */
import { type ErrorCode, HoldfastError } from '../../../shared/errors/index.ts';

/** A HoldfastError for whatever a file system call threw. */
export function sourceError(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const name = error instanceof Error ? error.name : '';
  return new HoldfastError(CODES[name] ?? 'E_SOURCE_UNREADABLE', name, { cause: error });
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  NotAllowedError: 'E_SOURCE_PERMISSION',
  SecurityError: 'E_SOURCE_PERMISSION',
  NotFoundError: 'E_SOURCE_GONE',
  AbortError: 'E_CANCELLED',
};

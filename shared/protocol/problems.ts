/**
 * Problem details (RFC 9457) that the server answers, `application/problem+json`. The client reads `code` only.
 * `error` is the client-side code a problem becomes.
 */
import type { ErrorCode } from '../errors/index.ts';

export const PROBLEMS = {
  'bad-request': { status: 400, error: 'E_PROTOCOL', title: 'The request is not of the documented shape' },
  unauthorized: { status: 401, error: 'E_SESSION', title: 'Signed out, or the session has expired' },
  credentials: { status: 401, error: 'E_CREDENTIALS', title: 'Name or password is wrong' },
  forbidden: { status: 403, error: 'E_FORBIDDEN', title: 'Not allowed' },
  'registration-closed': { status: 403, error: 'E_REGISTRATION_CLOSED', title: 'This server takes no new accounts' },
  'not-found': { status: 404, error: 'E_NOT_FOUND', title: 'Not found' },
  'link-gone': { status: 404, error: 'E_LINK_GONE', title: 'The link does not exist any more' },
  'link-password': { status: 403, error: 'E_LINK_PASSWORD', title: 'The password is wrong' },
  'link-locked': { status: 429, error: 'E_LINK_LOCKED', title: 'Too many wrong passwords' },
  'name-taken': { status: 409, error: 'E_NAME_TAKEN', title: 'The name is taken' },
  'already-exists': { status: 409, error: 'E_INPUT', title: 'It exists already with other content' },
  'head-moved': { status: 409, error: 'E_HEAD_MOVED', title: 'Another device committed first' },
  'precondition-required': { status: 428, error: 'E_PROTOCOL', title: 'If-Match is missing' },
  'packs-missing': { status: 422, error: 'E_PACKS_MISSING', title: 'The commit names packs that are not here' },
  'hash-mismatch': { status: 422, error: 'E_INTEGRITY', title: 'The body is not what its name says' },
  'too-large': { status: 413, error: 'E_PROTOCOL', title: 'Too large' },
  'length-required': { status: 411, error: 'E_PROTOCOL', title: 'Content-Length is missing' },
  'range-invalid': { status: 416, error: 'E_PROTOCOL', title: 'The range is not aligned' },
  'quota-exceeded': { status: 403, error: 'E_QUOTA', title: 'The space of this account is used up' },
  'rate-limited': { status: 429, error: 'E_RATE', title: 'Too many requests' },
  'server-full': { status: 507, error: 'E_SERVER_FULL', title: 'The server has no room left' },
  'pack-damaged': { status: 500, error: 'E_INTEGRITY', title: 'A stored pack is missing or has lost bytes' },
  unavailable: { status: 503, error: 'E_UNAVAILABLE', title: 'Not available now' },
  internal: { status: 500, error: 'E_UNAVAILABLE', title: 'The server failed' },
} as const satisfies Record<string, { status: number; error: ErrorCode; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

export function isProblemCode(value: unknown): value is ProblemCode {
  return typeof value === 'string' && Object.hasOwn(PROBLEMS, value);
}

/** Problem details (RFC 9457) of an answer, and the error they become. Reads the stable `code`, never the text. */
import { HoldfastError } from '../errors/index.ts';
import { DAY_MS, isProblemCode, PROBLEMS, type ProblemCode } from '../protocol/index.ts';
import { object, parseJson, text } from './decode.ts';
import type { TransportResponse } from './transport.ts';

const problem = object<{ code: string }>({ code: text(64) });

/** The documented problem of a refusal, or null: another program answered, or one outside the contract. */
export function problemCode(response: TransportResponse): ProblemCode | null {
  if (response.status < 400) return null;
  try {
    const { code } = problem(parseJson(response.body));
    return isProblemCode(code) && PROBLEMS[code].status === response.status ? code : null;
  } catch {
    return null;
  }
}

/** Milliseconds that the answer's `Retry-After` asks for (its form in seconds, at most a day), or null. */
export function retryAfterMs(response: TransportResponse): number | null {
  const seconds = response.header('retry-after');
  if (seconds === null || !/^\d{1,9}$/.test(seconds)) return null;
  return Math.min(Number(seconds) * 1_000, DAY_MS);
}

/** The error of any answer that is not a success. */
export function problemError(response: TransportResponse): HoldfastError {
  const code = problemCode(response);
  const wait = retryAfterMs(response);
  const error = code === null ? errorOfStatus(response.status) : PROBLEMS[code].error;
  return new HoldfastError(
    error,
    `the server answered ${response.status} ${code ?? 'without a known problem'}`,
    wait === null ? {} : { retryAfterMs: wait },
  );
}

// What stands before the server (a proxy that restarts, say) answers in its own words.
function errorOfStatus(status: number): HoldfastError['code'] {
  if (status === 429) return 'E_RATE';
  return status >= 500 ? 'E_UNAVAILABLE' : 'E_PROTOCOL';
}

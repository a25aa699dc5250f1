/** Time and randomness as the rest of `shared` asks for them; the realm that runs it supplies them. */
import type { Bytes } from '../bytes/index.ts';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`, or rejects with E_CANCELLED when the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  bytes(length: number): Bytes;
}

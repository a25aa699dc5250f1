/**
 * Order among concurrent tasks. Nouns: budget, mutex, backoff. Everything is fair (first come, first served),
 * can be cancelled by an AbortSignal, and leaves nothing running or held when it fails. May not: set a timer, read a
 * clock, or draw a random number; whoever needs those passes them in.
 */
export * from './abort.ts';
export * from './backoff.ts';
export * from './budget.ts';
export * from './map-concurrent.ts';
export * from './mutex.ts';
export type { Clock, Random } from './ports.ts';

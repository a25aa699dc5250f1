/**
 * Makes the garbage collector come in time. It weighs the ArrayBuffers that a worker drops, but neither the body of a
 * request that was sent nor what a stream of a file leaves behind, and those stay until it comes: hundreds of megabytes
 * in Chromium. Memory that nobody touches takes no room, but is weighed.
 */
const WEIGHT = 16_777_216;
const EVERY = 4_194_304;

/** Kept until the next, for what is never used is not even made. */
const ballast: { last: ArrayBuffer | null; passed: number } = { last: null, passed: 0 };

/** To be told of the bytes that were read, sent or handed on. */
export function addBallast(bytes: number): void {
  ballast.passed += bytes;
  if (ballast.passed < EVERY) return;
  ballast.passed = 0;
  ballast.last = new ArrayBuffer(WEIGHT);
}

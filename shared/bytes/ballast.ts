/**
 * Makes the garbage collector come in time. It weighs the ArrayBuffers that a worker drops, but neither the body of a
 * request that was sent nor what a stream of a file leaves behind, and those stay until it comes: hundreds of megabytes
 * in Chromium. Memory that nobody touches takes no room, but is weighed.
 */
const WEIGHT = 16_777_216;

/** Kept until the next, for what is never used is not even made. */
const ballast: { last: ArrayBuffer | null } = { last: null };

/** To be called for about every 4 MiB that were read or sent. */
export function addBallast(): void {
  ballast.last = new ArrayBuffer(WEIGHT);
}

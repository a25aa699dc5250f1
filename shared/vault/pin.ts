/** What becomes of a pinned head. Pure; each key store applies it in one transaction. */
import type { PinnedHead } from './ports.ts';

/** The head to keep: see `HeadStore.pinHead`. */
export function nextPin(pinned: PinnedHead | null, after: PinnedHead, hashes: readonly string[]): PinnedHead {
  const head = { seq: after.seq + hashes.length, hash: hashes.at(-1) ?? after.hash };
  if (pinned === null || pinned.seq < after.seq) return head;
  const ours = pinned.seq === after.seq ? after.hash : hashes[pinned.seq - after.seq - 1];
  return ours === pinned.hash && head.seq > pinned.seq ? head : pinned;
}

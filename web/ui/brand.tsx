/**
 * The mark and the wordmark, own drawings. The mark is a holdfast: the claw with which kelp grips the rock, a stem that
 * parts into three roots around a stone. The letters are one stroke wide, like the mark.
 */
import { app } from './messages/en.ts';

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path class="mark-stone" d="M9.5 27a6.5 6.5 0 0 1 13 0z" />
      <path class="mark-root" d="M16 4v9M16 13c0 6-9.5 4.5-10.5 14M16 13c0 6 9.5 4.5 10.5 14" />
    </svg>
  );
}

/** `h o l d f a s t`, x-height 12, ascender 20, on a 20-unit line. */
const LETTERS =
  'M2 2v18M2 14a5 5 0 0 1 10 0v6' +
  'M23 8.8a5.6 5.6 0 1 1 0 11.2a5.6 5.6 0 0 1 0-11.2' +
  'M34.5 2v18' +
  'M46.5 8.8a5.6 5.6 0 1 1 0 11.2a5.6 5.6 0 0 1 0-11.2M52.1 2v18' +
  'M66 2.5c-3.5-1.5-6.5 0-6.5 4V20M56.5 9.5h9' +
  'M75.5 8.8a5.6 5.6 0 1 1 0 11.2a5.6 5.6 0 0 1 0-11.2M81.1 9v11' +
  'M94.5 10.5c-2.5-2.3-8-2-8 1c0 4 8.5 1.8 8.5 5.8c0 3.3-6 3.7-9 1' +
  'M101.5 4v12c0 3.5 2.5 4.5 5 3.5M98.5 9.5h8';

export function Wordmark() {
  return (
    <span class="wordmark" role="img" aria-label={app.name}>
      <Mark />
      <svg class="wordmark-letters" viewBox="0 0 110 22" aria-hidden="true" focusable="false">
        <path d={LETTERS} />
      </svg>
    </span>
  );
}

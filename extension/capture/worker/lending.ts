/**
 * Large files that a page lends while it copies them: asked for and handed over on one channel that all our contexts hear.
 * What is handed over is no copy: it can be read as long as the file is there, also when the page has gone since.
 */
import type { Pieces } from '../../queue/index.ts';

const CHANNEL = 'holdfast-lent';
/** A page that is busy answers late; one that has gone no longer holds its lock. */
const ANSWER_MS = 1_000;

type Word = { readonly ask: string } | { readonly give: string; readonly file: Blob };

/** Hands files over to whoever asks for them, until it is closed. */
export class Lender {
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #files = new Map<string, Blob>();

  constructor() {
    this.#channel.onmessage = ({ data }: MessageEvent<Word>) => {
      const file = 'ask' in data ? this.#files.get(data.ask) : undefined;
      if ('ask' in data && file !== undefined) this.#channel.postMessage({ give: data.ask, file } satisfies Word);
    };
  }

  /** `id`: of the file's source. */
  lend(id: string, file: Blob): void {
    this.#files.set(id, file);
  }

  close(): void {
    this.#channel.close();
  }
}

/** The bytes of sources of kind `pieces`. */
export interface Loans {
  /** The file itself, or the first piece of its copy; null when there is no copy of it and nobody lends it. */
  borrow(source: { readonly id: string; readonly lender?: string }): Promise<Blob | null>;
  /** The pieces of the copy; null while it is not whole, or when it is gone. */
  copy(id: string): Promise<readonly Blob[] | null>;
}

export function createLoans(pieces: Pick<Pieces, 'whole'>, locksHeld: () => Promise<ReadonlySet<string>>): Loans {
  const copy = (id: string) => pieces.whole(id);
  return {
    copy,
    async borrow({ id, lender }) {
      if (lender === undefined) return first(await copy(id));
      const channel = new BroadcastChannel(CHANNEL);
      try {
        for (;;) {
          // In this order: between the two the copy may become whole, and the page go.
          const isLent = (await locksHeld()).has(lender);
          const whole = await copy(id);
          if (whole !== null || !isLent) return first(whole);
          const lent = await ask(channel, id);
          if (lent !== null) return lent;
        }
      } finally {
        channel.close();
      }
    },
  };
}

const first = (pieces: readonly Blob[] | null): Blob | null => pieces?.[0] ?? null;

/** Null when nobody answers in time. */
function ask(channel: BroadcastChannel, id: string): Promise<Blob | null> {
  const { promise, resolve } = Promise.withResolvers<Blob | null>();
  const late = setTimeout(() => resolve(null), ANSWER_MS);
  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if ('give' in data && data.give === id) resolve(data.file);
  };
  channel.postMessage({ ask: id } satisfies Word);
  return promise.finally(() => clearTimeout(late));
}

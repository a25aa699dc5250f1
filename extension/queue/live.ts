/**
 * A live query: read now, and again after any context of the extension changed the queue. While files arrive by the
 * hundred the queue changes far oftener than eyes follow, and each read holds up a write: so it rests between reads.
 */
import { Dexie } from 'dexie';

export interface Live<T> {
  subscribe(next: (value: T) => void): { unsubscribe(): void };
}

const REST_MS = 250;

/** The last change is always followed by a read; a read that failed is tried again. */
export function live<T>(read: () => Promise<T>): Live<T> {
  return {
    subscribe(next) {
      let [changed, busy, over] = [false, false, false];
      const look = (): void => {
        changed = false;
        const seen = (value: T): void => {
          if (!over) next(value);
        };
        const failed = (): void => {
          changed = true;
        };
        void read()
          .then(seen, failed)
          .finally(() => setTimeout(rested, REST_MS));
      };
      const rested = (): void => {
        busy = false;
        if (changed) begin();
      };
      const begin = (): void => {
        if (busy || over) return;
        busy = true;
        // Changes are told inside the transaction that made them, which a read must not join; a timer is outside.
        setTimeout(look);
      };
      const onChange = (): void => {
        changed = true;
        begin();
      };
      Dexie.on.storagemutated.subscribe(onChange);
      begin();
      return {
        unsubscribe() {
          over = true;
          Dexie.on.storagemutated.unsubscribe(onChange);
        },
      };
    },
  };
}

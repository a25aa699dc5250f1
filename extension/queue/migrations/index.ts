/**
 * The shapes the queue's database has had, oldest first. A released entry never changes; a new shape is a new entry.
 * May not: be imported by anything but db.ts, or import live code: what a migration met is written down in it.
 */
import type { Table } from 'dexie';
import { bundles } from './2-bundles.ts';

interface Migration {
  readonly version: number;
  /** Dexie's index notation by table; a table that is not named stays as it is. */
  readonly stores: Readonly<Record<string, string | null>>;
  /** Brings the rows of the shape before into this one. */
  readonly upgrade?: (table: (name: string) => Table) => Promise<void>;
}

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    stores: {
      jobs: [
        '&id',
        '&[sourceId+place]',
        '[sourceId+open]',
        '[ready+order]',
        '[status.state+touchedAt]',
        '[status.state+status.reason]',
        'toFetch',
        'touchedAt',
      ].join(', '),
      sources: '&id, kind',
      walks: '&[sourceId+place], sourceId',
      settings: '&name',
    },
  },
  { version: 2, stores: { bundles: '&id, sourceId, *folders' }, upgrade: bundles },
  { version: 3, stores: { drops: '&id, lock' } },
  { version: 4, stores: { pieces: '&[sourceId+number], sourceId' } },
];

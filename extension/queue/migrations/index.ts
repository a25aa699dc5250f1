/**
 * The shapes the queue's database has had, oldest first. A released entry never changes; a new shape is a new entry.
 * May not: be imported by anything but db.ts.
 */
export interface Migration {
  readonly version: number;
  /** Dexie's index notation by table. */
  readonly stores: Readonly<Record<string, string | null>>;
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
];

/** The first schema. A released migration never changes; the next one gets the next number. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS = [
  `create table server (
    id integer primary key check (id = 1),
    secrets_check blob not null
  ) strict`,
  `create table accounts (
    account_id blob primary key,
    name_mac blob not null unique,
    opaque_record blob not null,
    created_day integer not null,
    used_bytes integer not null,
    packs integer not null
  ) strict, without rowid`,
  `create table wraps (
    account_id blob not null references accounts on delete cascade,
    kind integer not null,
    credential_id blob not null,
    epoch integer not null,
    blob blob not null,
    primary key (account_id, kind, credential_id)
  ) strict, without rowid`,
  `create table recovery_keys (
    lookup blob primary key,
    account_id blob not null unique references accounts on delete cascade,
    public_key blob not null
  ) strict, without rowid`,
  `create table devices (
    device_id blob primary key,
    account_id blob not null references accounts on delete cascade,
    public_key blob not null,
    half blob not null
  ) strict, without rowid`,
  'create index devices_of_account on devices (account_id)',
  `create table sessions (
    session_id blob primary key,
    token_hash blob not null unique,
    account_id blob not null references accounts on delete cascade,
    client text not null check (client in ('web', 'extension')),
    device_id blob references devices on delete cascade,
    created_at integer not null,
    last_seen_at integer not null
  ) strict, without rowid`,
  'create index sessions_of_account on sessions (account_id)',
  'create index sessions_of_device on sessions (device_id)',
  'create index sessions_by_age on sessions (client, last_seen_at)',
  `create table vaults (
    vault_id blob primary key,
    account_id blob not null references accounts on delete cascade,
    kind text not null check (kind in ('account', 'personal')),
    head_seq integer not null,
    head_hash blob not null
  ) strict, without rowid`,
  'create index vaults_of_account on vaults (account_id)',
  // with rowids: bodies are large, and a tree keyed by their place would drag them through its inner pages
  `create table entries (
    vault_id blob not null references vaults on delete cascade,
    seq integer not null,
    day integer not null,
    body blob not null,
    primary key (vault_id, seq)
  ) strict`,
  `create table packs (
    vault_id blob not null references vaults on delete cascade,
    pack_id blob not null,
    size integer not null,
    day integer not null,
    primary key (vault_id, pack_id)
  ) strict, without rowid`,
  'create index packs_by_id on packs (pack_id)',
  `create table links (
    lookup blob primary key,
    account_id blob not null references accounts on delete cascade,
    vault_id blob not null references vaults on delete cascade,
    auth_hash blob not null,
    record blob not null,
    created_day integer not null,
    expires_day integer,
    max_downloads integer,
    received integer not null,
    abandoned integer not null,
    failures integer not null,
    window_start integer not null,
    window_failures integer not null
  ) strict`,
  'create index links_of_account on links (account_id)',
  `create table tickets (
    ticket_hash blob primary key,
    lookup blob not null references links on delete cascade,
    last_used_at integer not null,
    fetched integer not null
  ) strict, without rowid`,
  'create index tickets_of_link on tickets (lookup)',
  'create index tickets_by_age on tickets (last_used_at)',
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

/**
 * The tables, column by column: everything the server remembers. A column more is a leak more; a test compares the real
 * schema with its snapshot, and the leakage table of the threat model changes with it.
 */
import type { Bytes } from '../../shared/bytes/index.ts';

export interface Tables {
  server: { id: number; secrets_check: Bytes };
  accounts: {
    account_id: Bytes;
    name_mac: Bytes;
    opaque_record: Bytes;
    created_day: number;
    used_bytes: number;
    packs: number;
  };
  wraps: { account_id: Bytes; kind: number; credential_id: Bytes; epoch: number; blob: Bytes };
  recovery_keys: { lookup: Bytes; account_id: Bytes; public_key: Bytes };
  devices: { device_id: Bytes; account_id: Bytes; public_key: Bytes; half: Bytes };
  sessions: {
    session_id: Bytes;
    token_hash: Bytes;
    account_id: Bytes;
    client: 'web' | 'extension';
    device_id: Bytes | null;
    created_at: number;
    last_seen_at: number;
  };
  vaults: { vault_id: Bytes; account_id: Bytes; kind: 'account' | 'personal'; head_seq: number; head_hash: Bytes };
  entries: { vault_id: Bytes; seq: number; day: number; body: Bytes };
  packs: { vault_id: Bytes; pack_id: Bytes; size: number; day: number };
  links: {
    lookup: Bytes;
    account_id: Bytes;
    vault_id: Bytes;
    auth_hash: Bytes;
    record: Bytes;
    created_day: number;
    expires_day: number | null;
    max_downloads: number | null;
    received: number;
    abandoned: number;
    failures: number;
    window_start: number;
    window_failures: number;
  };
  tickets: { ticket_hash: Bytes; lookup: Bytes; last_used_at: number; fetched: number };
}

/** Decoders of the answers of the wire contract. What each promises is the return type; anything off is E_PROTOCOL. */
import {
  type AccountInfo,
  AUDIT_MAC_BYTES,
  type Head,
  type LinkRow,
  MAX_CHALLENGES,
  MAX_ENTRIES_PER_READ,
  MAX_ENTRY_BODY,
  MAX_LINK_DOWNLOADS,
  MAX_LINK_RECORD,
  MAX_PACK_IDS,
  MAX_WRAP,
  PROTOCOL_VERSION,
  type ServerInfo,
  type SessionList,
} from '../protocol/index.ts';
import {
  binary,
  type Decoder,
  field,
  flag,
  hash32,
  id16,
  integer,
  list,
  nullable,
  object,
  oneOf,
  optional,
  text,
} from './decode.ts';
import type { Grant, LogEntries, OpenedLink, SealedWrap } from './messages.ts';

/** More rows than a person can have; a longer list is an attack on memory. */
const MAX_ROWS = 100_000;
/** Text that goes into a request header later must be plain. */
const headerText = text(1_024, /^[\x21-\x7e]+$/);
const opaque = text(5_462, /^[A-Za-z0-9_-]+$/);
const vaultKind = oneOf('account', 'personal');
/** Milliseconds and days since 1970, up to the last that a date can be made of, the end of its day included. */
const time = integer(0, 8.64e15);
const day = integer(0, 99_999_998);

export const head: Decoder<Head> = object<Head>({ seq: integer(), hash: hash32 });

export const serverInfo: Decoder<ServerInfo> = object<ServerInfo>({
  product: oneOf('holdfast'),
  version: text(64),
  protocol: oneOf(PROTOCOL_VERSION),
  serverId: id16,
  registration: oneOf('open', 'closed'),
  shareOrigin: text(2_048, /^https?:\/\/[^/\s]+$/),
  quotaBytes: integer(),
});

const wrap: Decoder<SealedWrap> = object<SealedWrap>({
  kind: integer(1, 6),
  epoch: integer(1, 0xffff_ffff),
  credentialId: binary(0, 64),
  blob: binary(0, MAX_WRAP),
});

export const grant: Decoder<Grant> = object<Grant>({
  token: optional(headerText),
  sessionId: id16,
  accountId: id16,
  expiresAt: time,
  wraps: list(wrap, 1_000),
  device: optional(object<NonNullable<Grant['device']>>({ deviceId: id16, half: binary(32) })),
  vaults: list(object<Grant['vaults'][number]>({ vaultId: id16, kind: vaultKind }), MAX_ROWS),
});

export const opaqueResponse: Decoder<string> = field('response', opaque);
export const loginStart = object<{ loginId: string; response: string }>({ loginId: id16, response: opaque });
export const challenge = field('challenge', binary(32));

export const sessions: Decoder<SessionList['sessions']> = field(
  'sessions',
  list(
    object<SessionList['sessions'][number]>({
      sessionId: id16,
      client: oneOf('web', 'extension'),
      deviceId: nullable(id16),
      createdAt: time,
      lastSeenAt: time,
      current: flag,
    }),
    MAX_ROWS,
  ) as Decoder<SessionList['sessions']>,
);

export const account: Decoder<AccountInfo> = object<AccountInfo>({
  accountId: id16,
  usedBytes: integer(),
  quotaBytes: integer(),
  packs: integer(),
  createdDay: day,
});

export const logEntries: Decoder<LogEntries> = object<LogEntries>({
  entries: list(object<LogEntries['entries'][number]>({ body: binary(0, MAX_ENTRY_BODY), day }), MAX_ENTRIES_PER_READ),
  head,
});

export const newHead: Decoder<Head> = field('head', head);
export const missing: Decoder<readonly string[]> = field('missing', list(hash32, MAX_PACK_IDS));
export const challenges = field('answers', list(nullable(binary(AUDIT_MAC_BYTES)), MAX_CHALLENGES));
export const packId: Decoder<string> = field('id', hash32);

const linkRow: Decoder<LinkRow> = object<LinkRow>({
  lookup: id16,
  createdDay: day,
  expiresDay: nullable(day),
  maxDownloads: nullable(integer(1, MAX_LINK_DOWNLOADS)),
  received: integer(),
  abandoned: integer(),
  failures: integer(),
  state: oneOf('live', 'expired', 'used-up', 'locked'),
});
export const links: Decoder<readonly LinkRow[]> = field('links', list(linkRow, MAX_ROWS));

export const openedLink: Decoder<OpenedLink> = object<OpenedLink>({
  record: binary(0, MAX_LINK_RECORD),
  expiresDay: nullable(day),
  downloadsLeft: nullable(integer()),
});

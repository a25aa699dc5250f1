/**
 * TypeBox schemas of every request and answer. The server validates with them and generates OpenAPI from them; clients
 * import only the types. Binary fields are base64url without padding, ids lower-case hex, times milliseconds since 1970,
 * days whole days since 1970.
 */
import { type Static, type TSchema, Type } from 'typebox';
import {
  AUDIT_KEY_BYTES,
  AUDIT_MAC_BYTES,
  MAX_APPEND_BYTES,
  MAX_CHALLENGES,
  MAX_ENTRIES_PER_APPEND,
  MAX_ENTRIES_PER_READ,
  MAX_ENTRY_BODY,
  MAX_EXPIRES_DAY,
  MAX_LINK_DOWNLOADS,
  MAX_LINK_RECORD,
  MAX_LOGIN_NAME,
  MAX_PACK_IDS,
  MAX_WRAP,
} from './limits.ts';

const strict = { additionalProperties: false } as const;
const base64 = (maxBytes: number) =>
  Type.String({ pattern: '^[A-Za-z0-9_-]*$', maxLength: Math.ceil((maxBytes * 4) / 3) });
const hex = (bytes: number) => Type.String({ pattern: `^[0-9a-f]{${2 * bytes}}$` });
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const Id16 = hex(16);
export const Hash32 = hex(32);
export const PackId = hex(32);
const Name = Type.String({ minLength: 1, maxLength: MAX_LOGIN_NAME });
const Opaque = base64(4_096);
const Time = Type.Integer({ minimum: 0 });

export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  requestId: Type.Optional(Type.String()),
  missing: Type.Optional(Type.Array(PackId)),
  head: Type.Optional(Type.Object({ seq: Time, hash: Hash32 }, strict)),
});
export type Problem = Static<typeof Problem>;

export const ServerInfo = Type.Object(
  {
    product: Type.Literal('holdfast'),
    version: Type.String(),
    protocol: Type.Integer(),
    serverId: Id16,
    registration: Type.Union([Type.Literal('open'), Type.Literal('closed')]),
    shareOrigin: Type.String(),
    quotaBytes: Type.Integer(),
  },
  strict,
);
export type ServerInfo = Static<typeof ServerInfo>;

/** Kinds: 1 password, 2 recovery words, 3 passkey, 4 device. `blob` is a sealed object of type 0x10. */
export const Wrap = Type.Object(
  {
    kind: Type.Integer({ minimum: 1, maximum: 6 }),
    epoch: Type.Integer({ minimum: 1 }),
    credentialId: base64(64),
    blob: base64(MAX_WRAP),
  },
  strict,
);
export type Wrap = Static<typeof Wrap>;

export const Client = Type.Union([Type.Literal('web'), Type.Literal('extension')]);
export type Client = Static<typeof Client>;

/** A device's public signing key, the server's half of its unlock key, and the device's wrap of the root key. */
export const Device = Type.Object({ deviceId: Id16, publicKey: base64(32), half: base64(32), wrap: Wrap }, strict);
export type Device = Static<typeof Device>;

export const LogEntry = Type.Object({ body: base64(MAX_ENTRY_BODY) }, strict);
export type LogEntry = Static<typeof LogEntry>;
export const Head = Type.Object({ seq: Time, hash: Hash32 }, strict);
export type Head = Static<typeof Head>;

/** What a sign-in of any kind answers. `token` is absent for the web, which gets a cookie. */
export const SessionGrant = Type.Object(
  {
    token: Type.Optional(Type.String()),
    sessionId: Id16,
    accountId: Id16,
    expiresAt: Time,
    wraps: Type.Array(Wrap),
    /** The server's half of the signed-in device's unlock key; absent until the session has a device. */
    device: Type.Optional(Type.Object({ deviceId: Id16, half: base64(32) }, strict)),
    vaults: Type.Array(
      Type.Object({ vaultId: Id16, kind: Type.Union([Type.Literal('account'), Type.Literal('personal')]) }, strict),
    ),
  },
  strict,
);
export type SessionGrant = Static<typeof SessionGrant>;

export const RegistrationStartRequest = Type.Object({ name: Name, request: Opaque }, strict);
export const RegistrationStartAnswer = Type.Object({ response: Opaque }, strict);
export const RegistrationFinishRequest = Type.Object(
  {
    name: Name,
    record: Opaque,
    accountId: Id16,
    wraps: Type.Array(Wrap, { minItems: 2, maxItems: 4 }),
    recovery: Type.Object({ lookup: Id16, publicKey: base64(32) }, strict),
    device: Device,
    client: Client,
    /** Exactly the account vault and the personal vault, each with its genesis entry. */
    vaults: Type.Array(
      Type.Object(
        { vaultId: Id16, kind: Type.Union([Type.Literal('account'), Type.Literal('personal')]), genesis: LogEntry },
        strict,
      ),
      { minItems: 2, maxItems: 2 },
    ),
  },
  strict,
);
export type RegistrationFinishRequest = Static<typeof RegistrationFinishRequest>;

export const LoginStartRequest = Type.Object({ name: Name, request: Opaque }, strict);
export const LoginStartAnswer = Type.Object({ loginId: Id16, response: Opaque }, strict);
export const LoginFinishRequest = Type.Object({ loginId: Id16, finish: Opaque, client: Client }, strict);
export type LoginStartAnswer = Static<typeof LoginStartAnswer>;

export const RecoveryStartRequest = Type.Object({ lookup: Id16 }, strict);
export const ChallengeAnswer = Type.Object({ challenge: base64(32) }, strict);
/** `signature`: Ed25519 over `challengeInput('recovery', …)` of this folder. */
export const RecoveryFinishRequest = Type.Object(
  { lookup: Id16, challenge: base64(32), signature: base64(64), client: Client },
  strict,
);
export const DeviceChallengeRequest = Type.Object({ deviceId: Id16 }, strict);
export const DeviceLoginRequest = Type.Object(
  { deviceId: Id16, challenge: base64(32), signature: base64(64), client: Client },
  strict,
);
/** Replaces OPAQUE record and password wrap in one transaction. */
export const PasswordStartRequest = Type.Object({ request: Opaque }, strict);
export const PasswordFinishRequest = Type.Object({ name: Name, record: Opaque, wrap: Wrap }, strict);

export const SessionRow = Type.Object(
  {
    sessionId: Id16,
    client: Client,
    deviceId: nullable(Id16),
    createdAt: Time,
    lastSeenAt: Time,
    current: Type.Boolean(),
  },
  strict,
);
export const SessionList = Type.Object({ sessions: Type.Array(SessionRow) }, strict);
export type SessionList = Static<typeof SessionList>;

export const AccountInfo = Type.Object(
  { accountId: Id16, usedBytes: Time, quotaBytes: Time, packs: Time, createdDay: Time },
  strict,
);
export type AccountInfo = Static<typeof AccountInfo>;

export const VaultList = Type.Object(
  {
    vaults: Type.Array(
      Type.Object(
        { vaultId: Id16, kind: Type.Union([Type.Literal('account'), Type.Literal('personal')]), head: Head },
        strict,
      ),
    ),
  },
  strict,
);
export type VaultList = Static<typeof VaultList>;

export const LogReadRequest = Type.Object(
  {
    /** The last sequence number the reader has; 0 reads from the start. */
    after: Type.Integer({ minimum: 0 }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_ENTRIES_PER_READ })),
  },
  strict,
);
/** Entries in order; entry i has sequence number `after + 1 + i`. Their `prev` follows from the chain. */
export const LogPage = Type.Object(
  { entries: Type.Array(Type.Object({ body: base64(MAX_ENTRY_BODY), day: Time }, strict)), head: Head },
  strict,
);
export type LogPage = Static<typeof LogPage>;
/** Header `If-Match: "<seq>.<hash>"` names the head the first entry extends. The entries extend one another. */
export const AppendRequest = Type.Object(
  {
    entries: Type.Array(LogEntry, { minItems: 1, maxItems: MAX_ENTRIES_PER_APPEND }),
    requires: Type.Array(PackId, { maxItems: MAX_PACK_IDS }),
  },
  strict,
);
export type AppendRequest = Static<typeof AppendRequest>;
export const AppendAnswer = Type.Object({ head: Head }, strict);
export const APPEND_BODY_LIMIT = Math.ceil((MAX_APPEND_BYTES * 4) / 3) + MAX_PACK_IDS * 70 + 4_096;

export const PackIds = Type.Object({ ids: Type.Array(PackId, { maxItems: MAX_PACK_IDS }) }, strict);
export const PacksMissingAnswer = Type.Object({ missing: Type.Array(PackId) }, strict);
/** `key`: of an audit token; the server answers the HMAC of the range that the key chooses. */
export const PacksChallengeRequest = Type.Object(
  {
    challenges: Type.Array(Type.Object({ pack: PackId, key: base64(AUDIT_KEY_BYTES) }, strict), {
      maxItems: MAX_CHALLENGES,
    }),
  },
  strict,
);
/** In the order asked; null for a pack that the vault does not have or the server cannot read. */
export const PacksChallengeAnswer = Type.Object({ answers: Type.Array(nullable(base64(AUDIT_MAC_BYTES))) }, strict);
export const PackAnswer = Type.Object({ id: PackId }, strict);

const linkPolicy = {
  expiresDay: nullable(Type.Integer({ minimum: 0, maximum: MAX_EXPIRES_DAY })),
  maxDownloads: nullable(Type.Integer({ minimum: 1, maximum: MAX_LINK_DOWNLOADS })),
};
export const LinkPolicy = Type.Object(linkPolicy, strict);
export const LinkCreateRequest = Type.Object(
  { lookup: Id16, vaultId: Id16, authHash: Hash32, record: base64(MAX_LINK_RECORD), ...linkPolicy },
  strict,
);
export type LinkCreateRequest = Static<typeof LinkCreateRequest>;
export const LinkRow = Type.Object(
  {
    lookup: Id16,
    createdDay: Time,
    ...linkPolicy,
    /** Downloads whose page proved the end, and downloads that began and stopped. */
    received: Time,
    abandoned: Time,
    failures: Time,
    state: Type.Union([Type.Literal('live'), Type.Literal('expired'), Type.Literal('used-up'), Type.Literal('locked')]),
  },
  strict,
);
export type LinkRow = Static<typeof LinkRow>;
export const LinkList = Type.Object({ links: Type.Array(LinkRow) }, strict);
export type LinkList = Static<typeof LinkList>;

const shareProof = { lookup: Id16, auth: base64(32) };
export const ShareProof = Type.Object(shareProof, strict);
/** The recipient makes the ticket up, so that a request whose answer was lost can be sent again. */
export const ShareTicket = Type.Object({ ...shareProof, ticket: base64(32) }, strict);
export const ShareRecord = Type.Object(
  { record: base64(MAX_LINK_RECORD), expiresDay: nullable(Time), downloadsLeft: nullable(Time) },
  strict,
);
export type ShareRecord = Static<typeof ShareRecord>;
export const Empty = Type.Object({}, strict);

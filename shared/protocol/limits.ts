/** Numbers both sides of the wire agree on. Sizes are bytes, times milliseconds, unless the name says otherwise. */

export const PROTOCOL_VERSION = 1;

/** A pack has exactly one of these sizes; the size is all that a pack shows. */
export const PACK_CLASSES = [65_536, 262_144, 1_048_576, 4_194_304] as const;
export const MAX_PACK = 4_194_304;

/** Reads of part of a pack start and end on multiples of this. */
export const RANGE_ALIGN = 65_536;

/** A log entry's body is padded to exactly one of these sizes. */
export const ENTRY_CLASSES = [1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576] as const;
export const MAX_ENTRY_BODY = 1_048_576;
export const MAX_ENTRIES_PER_APPEND = 64;
/** Largest sum of bodies in one append. */
export const MAX_APPEND_BYTES = 4 * 1_048_576;
export const MAX_ENTRIES_PER_READ = 256;
/** Most pack ids in one `requires`, `missing` or the like. */
export const MAX_PACK_IDS = 4_096;

/** Most packs in one challenge. */
export const MAX_CHALLENGES = 100;
/** Keys that audits reveal, and what of the HMAC under them is told. */
export const AUDIT_KEY_BYTES = 32;
export const AUDIT_MAC_BYTES = 16;

export const MAX_LOGIN_NAME = 254;
export const MAX_WRAP = 1_024;
/** A link record is padded to exactly one of these sizes: the entry classes and two more, for links to many files. */
export const LINK_RECORD_CLASSES = [...ENTRY_CLASSES, 4_194_304, 16_777_216] as const;
export const MAX_LINK_RECORD = 16_777_216;
/** The last day, counted since 1970, that a link may end on: in the year 2253. */
export const MAX_EXPIRES_DAY = 103_650;
export const MAX_LINK_DOWNLOADS = 1_000_000;
/** Wrong link passwords allowed: in one hour, and in all until the owner enables the link again. */
export const LINK_FAILURES_PER_HOUR = 10;
export const LINK_FAILURES_TOTAL = 100;
/** A download that stopped asking for packs for this long is over. */
export const LINK_TICKET_IDLE_MS = 60 * 60_000;

export const WEB_SESSION_IDLE_MS = 30 * 60_000;
export const WEB_SESSION_MAX_MS = 12 * 60 * 60_000;
export const DEVICE_SESSION_IDLE_MS = 30 * 24 * 60 * 60_000;
export const DEVICE_SESSION_MAX_MS = 90 * 24 * 60 * 60_000;

/** Header that every request of our clients but a GET carries, so that a plain form or image of another site can do nothing. */
export const CSRF_HEADER = 'x-ebk';
/** Names the pack that is put. */
export const PACK_HEADER = 'x-ebk-pack';
export const DAY_MS = 86_400_000;

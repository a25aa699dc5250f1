/**
 * Share links, both sides. Nouns: link, record, manifest, ticket. Promises: neither vault nor domain keys leave the vault;
 * every live link is in its owner's log; a recipient verifies all it shows. May not: keep anything after a download.
 */
export { createLink, expiryDay, linkUrl, revokeLink, type ShareDeps } from './create.ts';
export { type OpenedShare, openShare } from './open.ts';

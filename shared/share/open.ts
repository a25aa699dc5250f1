/** The recipient's side of a link: prove secret and password, open the record. Holds no vault key. */
import { type Bytes, equal, toHex } from '../bytes/index.ts';
import type { ShareRoutes } from '../client/index.ts';
import { decodeFragment, linkKeys } from '../crypto/index.ts';
import { integrityError } from '../errors/index.ts';
import { type LinkRecord, openLinkRecord, rootHash, type SharedFile } from '../format/index.ts';

export interface OpenedShare {
  readonly proof: { readonly lookup: string; readonly auth: Bytes };
  readonly record: LinkRecord;
  readonly expiresDay: number | null;
  readonly downloadsLeft: number | null;
}

/** Proves the link and opens its record. E_LINK_GONE, E_LINK_PASSWORD, E_LINK_LOCKED, E_INTEGRITY. */
export async function openShare(api: ShareRoutes, fragment: string, password: string): Promise<OpenedShare> {
  const keys = await linkKeys(decodeFragment(fragment), password);
  const proof = { lookup: toHex(keys.lookup), auth: keys.auth };
  const opened = await api.open(proof);
  const record = await openLinkRecord(keys.enc, keys.lookup, opened.record);
  const { files } = record.manifest;
  // What is shown and warned of is what will be saved.
  if (record.kind === 0 && (files.length !== 1 || files[0]?.path.at(-1) !== record.name)) throw integrityError();
  for (const file of files) await checkFile(file);
  return { proof, record, expiresDay: opened.expiresDay, downloadsLeft: opened.downloadsLeft };
}

async function checkFile(file: SharedFile): Promise<void> {
  const refs = file.chunks.map((chunk) => ({ len: chunk[3], h: chunk[7] }));
  const size = refs.reduce((sum, ref) => sum + ref.len, 0);
  if (size !== file.size || file.path.length === 0 || !equal(await rootHash(size, refs), file.rootHash))
    throw integrityError();
}

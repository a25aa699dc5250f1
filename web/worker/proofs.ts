/** What this device's audits say of a file; its engine keeps them in the same origin. */
import type { Session } from '../../shared/account/index.ts';
import { createAuditLog } from '../../shared/browser/index.ts';
import { proofOf } from '../../shared/checker/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import { NODE_KIND } from '../../shared/format/index.ts';
import { newestVersion, nodeById, packsOfVersion, type ReadPack } from '../../shared/vault/index.ts';
import type { FileProof } from '../session/contract.ts';

const log = createAuditLog();

/** Null for a folder and for a file without content. Errors: E_NOT_FOUND, those of `packsOfVersion`. */
export async function proofOfFile(session: Session, fileId: string, readPack: ReadPack): Promise<FileProof | null> {
  const { vault, domain } = session;
  const { state } = vault;
  const node = nodeById(state, fileId);
  if (node === null) throw new HoldfastError('E_NOT_FOUND', 'no such file');
  if (node.kind !== NODE_KIND.file || node.size === 0) return null;
  const packs = await packsOfVersion(state, domain, newestVersion(state, node), readPack);
  return proofOf(packs, await log.all(vault.vaultId));
}

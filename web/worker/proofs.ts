/** What this device's audits say of a file, or of all files in a folder; its engine keeps them in the same origin. */
import type { Session } from '../../shared/account/index.ts';
import { mapConcurrent } from '../../shared/async/index.ts';
import { createAuditLog } from '../../shared/browser/index.ts';
import { DAMAGED, joined, NOTHING_TO_PROVE, proofOf } from '../../shared/checker/index.ts';
import { codeOf, HoldfastError } from '../../shared/errors/index.ts';
import { NODE_KIND } from '../../shared/format/index.ts';
import {
  childrenOf,
  type NodeState,
  newestPinned,
  nodeById,
  PACK_FAULTS,
  packsOfVersion,
  type ReadPack,
  type VaultState,
  type VersionState,
} from '../../shared/vault/index.ts';
import type { Proof } from '../session/contract.ts';

/** Files looked up together: each is a few questions to WebCrypto, which answers several as soon as one. */
const AT_ONCE = 8;

const log = createAuditLog();

/** Null when there is no content to prove. Errors: E_NOT_FOUND, E_CANCELLED, those of the road. */
export async function proofOfNode(
  { vault, domain }: Pick<Session, 'vault' | 'domain'>,
  fileId: string,
  readPack: ReadPack,
  signal: AbortSignal,
): Promise<Proof | null> {
  const { state } = vault;
  const node = nodeById(state, fileId);
  if (node === null) throw new HoldfastError('E_NOT_FOUND', 'no such file');
  const audited = await log.all(vault.vaultId);
  const prove = async (version: () => VersionState): Promise<Proof> => {
    try {
      return proofOf(await packsOfVersion(state, domain, version(), readPack), audited);
    } catch (error) {
      if (PACK_FAULTS.has(codeOf(error))) return DAMAGED;
      throw error;
    }
  };
  let proof = NOTHING_TO_PROVE;
  const versions = versionsUnder(state, node);
  for await (const each of mapConcurrent(versions, AT_ONCE, prove, signal)) proof = joined(proof, each);
  return proof.files === 0 ? null : proof;
}

/** As they are when their folder's turn comes: others may commit while they are looked up. */
function* versionsUnder(state: VaultState, node: NodeState): Generator<() => VersionState> {
  if (node.kind === NODE_KIND.file) return yield newestPinned(state, node).version;
  const children = [...childrenOf(state, node.fileId)].map(
    (child) => [child, newestPinned(state, child).version] as const,
  );
  for (const [child, newest] of children) {
    if (child.kind === NODE_KIND.file) yield newest;
    else yield* versionsUnder(state, child);
  }
}

/** Compares the packs that the database knows with those on disk, and reads every one to its last byte. */
import { createHash } from 'node:crypto';
import type { MetadataStore, PackRecord, PackStore } from './ports.ts';

const PAGE = 1_000;

export interface PackFindings {
  whole: number;
  /** Known, but not on disk. */
  readonly missing: string[];
  /** On disk, but not what their id says. */
  readonly damaged: string[];
  /** On disk, but of no vault: left by uploads that were not finished, or newer than a database put back from a backup. */
  readonly unknown: string[];
}

export async function checkPacks(metadata: MetadataStore, packs: PackStore): Promise<PackFindings> {
  const findings: PackFindings = { whole: 0, missing: [], damaged: [], unknown: [] };
  const records = known(metadata);
  let record = await records.next();
  // both come in order of id
  for await (const { packId } of packs.list()) {
    for (; record.value !== undefined && record.value.packId < packId; record = await records.next()) {
      findings.missing.push(record.value.packId);
    }
    if (record.value?.packId !== packId) {
      findings.unknown.push(packId);
      continue;
    }
    if (await isWhole(packs, record.value)) findings.whole += 1;
    else findings.damaged.push(packId);
    record = await records.next();
  }
  for (; record.value !== undefined; record = await records.next()) findings.missing.push(record.value.packId);
  return findings;
}

async function* known(metadata: MetadataStore): AsyncGenerator<PackRecord, undefined> {
  for (let after = ''; ; ) {
    const page = await metadata.packs(after, PAGE);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.packId;
  }
}

async function isWhole(packs: PackStore, { packId, size }: PackRecord): Promise<boolean> {
  const hash = createHash('sha256');
  try {
    const blocks = await packs.get(packId, size, 0, size);
    if (blocks === null) return false;
    for await (const block of blocks) hash.update(block);
  } catch {
    return false;
  }
  return hash.digest('hex') === packId;
}

/**
 * The power goes. The data lies on a file system of its own in an image in memory: what is in the image is what reached
 * the disk. At the cut the image is copied, and a second server starts on the copy.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { logReadPath, packsReadPath } from '../../shared/protocol/index.ts';
import { LogPage } from '../../shared/protocol/schemas.ts';
import { pause, until } from '../support/waiting.ts';
import { Child } from './support/child.ts';
import { entry, Person, pack, sha256Hex } from './support/person.ts';

const CUTS = 2;

interface Acknowledged {
  readonly packs: string[];
  entries: number;
}

it('loses nothing that was acknowledged', async () => {
  for (let cut = 0; cut < CUTS; cut++) await withImages(backUpAndCut);
});

async function withImages(body: (places: { running: string; copy: string; cut: () => void }) => Promise<void>) {
  const memory = await mkdtemp('/dev/shm/holdfast-power-');
  const places = await mkdtemp(join(tmpdir(), 'holdfast-power-'));
  const [running, copy] = [join(places, 'running'), join(places, 'copy')];
  const [image, imageCopy] = [join(memory, 'image'), join(memory, 'copy')];
  for (const place of [running, copy]) await mkdir(place);
  execFileSync('truncate', ['-s', '192M', image]);
  execFileSync('mkfs.ext4', ['-q', '-F', image]);
  // no timer writes the journal during the test
  execFileSync('mount', ['-o', 'loop,commit=600', image, running]);
  const cut = () => {
    execFileSync('cp', ['--sparse=always', image, imageCopy]);
    execFileSync('mount', ['-o', 'loop', imageCopy, copy]);
  };
  try {
    await body({ running, copy, cut });
  } finally {
    for (const place of [copy, running]) execFileSync('umount', [place]);
    for (const folder of [memory, places]) await rm(folder, { recursive: true });
  }
}

async function backUpAndCut(places: { running: string; copy: string; cut: () => void }): Promise<void> {
  const env = { HOLDFAST_LOG_LEVEL: 'silent' };
  const before = await Child.listening({ ...env, HOLDFAST_DATA: join(places.running, 'data') });
  const people = await Promise.all(Array.from({ length: 3 }, () => Person.registered(before)));
  const seen = people.map((): Acknowledged => ({ packs: [], entries: 0 }));
  const work = people.map((person, i) => backUp(person, seen[i] as Acknowledged));
  await until('something acknowledged to each', () => seen.every(({ packs }) => packs.length > 0));
  await pause(400);
  // what is acknowledged from here on need not be there
  const acknowledged = seen.map(({ packs, entries }) => ({ packs: [...packs], entries }));
  places.cut();
  await before.end('SIGKILL');
  await Promise.all(work);

  const after = await Child.listening({ ...env, HOLDFAST_DATA: join(places.copy, 'data') });
  try {
    for (const [i, person] of people.entries()) await check(after, person, acknowledged[i] as Acknowledged);
  } finally {
    await after.end('SIGTERM');
  }
  assert.ok(acknowledged.every(({ packs }) => packs.length > 0));
}

async function check(server: Child, person: Person, { packs, entries }: Acknowledged): Promise<void> {
  const ask = (url: string, json: object) => server.ask('POST', url, { json, headers: person.bearer });
  for (const id of packs) assert.equal(sha256Hex((await ask(packsReadPath(person.vault), { pack: id })).bytes), id);
  const { head } = (await ask(logReadPath(person.vault), { after: 0, limit: 1 })).as(LogPage);
  assert.ok(head.seq > entries, `${head.seq} entries are there, ${entries} were acknowledged after the first`);
}

async function backUp(person: Person, seen: Acknowledged): Promise<void> {
  for (;;) {
    const { id, bytes } = pack([65_536, 262_144][seen.packs.length % 2]);
    if ((await person.put(bytes).catch(() => null))?.status !== 200) return;
    seen.packs.push(id);
    if ((await person.append([entry()], [id]).catch(() => null))?.status !== 200) return;
    seen.entries++;
  }
}

/** Challenges: the HMAC of the range that a key chooses, to the vault's owner only, and nothing but that. */
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { rename, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { MAX_CHALLENGES, PACK_CLASSES, packsChallengePath } from '../../shared/protocol/index.ts';
import { PacksChallengeAnswer } from '../../shared/protocol/schemas.ts';
import { type Bench, bench } from './support/bench.ts';
import { Person, pack } from './support/person.ts';

interface Question {
  readonly pack: string;
  readonly key: Buffer;
}

const questionTo = (id: string): Question => ({ pack: id, key: randomBytes(32) });

describe('challenges', () => {
  let server: Bench;
  let person: Person;
  before(async () => {
    server = await bench();
  });
  // Each test has an account of its own, for the rate is an account's.
  const enter = async () => {
    person = await Person.registered(server);
  };
  after(() => server.close());

  const ask = (questions: readonly Question[], who = person, vault = who.vault) => {
    const challenges = questions.map(({ pack: id, key }) => ({ pack: id, key: key.toString('base64url') }));
    return who.ask('POST', packsChallengePath(vault), { json: { challenges } });
  };
  const answersTo = async (questions: readonly Question[], who = person) =>
    (await ask(questions, who)).as(PacksChallengeAnswer).answers;
  const place = (id: string) => join(server.root, 'data', 'packs', id.slice(0, 2), id);

  it('answers for packs of every class, in the order asked', async () => {
    await enter();
    const packs = PACK_CLASSES.map((size) => pack(size));
    for (const { bytes } of packs) await person.put(bytes);
    const questions = [...packs, ...packs].map(({ id }) => questionTo(id));
    const expected = questions.map(({ key }, i) => {
      const { bytes } = packs[i % packs.length] as (typeof packs)[number];
      const start = (key.readUInt32BE() % (bytes.length / 65_536)) * 65_536;
      const mac = createHmac('sha256', key)
        .update(bytes.subarray(start, start + 65_536))
        .digest();
      return mac.subarray(0, 16).toString('base64url');
    });
    assert.deepEqual(await answersTo(questions), expected);
    assert.deepEqual(await answersTo([]), []);
  });

  it('has nothing to answer for what is missing or cannot be read, and answers for the others', async () => {
    await enter();
    const [whole, cut, gone, unknown] = [pack(), pack(), pack(), pack()];
    for (const { bytes } of [whole, cut, gone]) await person.put(bytes);
    await truncate(place(cut.id), 100);
    await rename(place(gone.id), `${place(gone.id)}.gone`);
    const answers = await answersTo([cut, gone, unknown, whole].map(({ id }) => questionTo(id)));
    assert.deepEqual(answers.slice(0, 3), [null, null, null]);
    assert.equal(typeof answers[3], 'string');
  });

  it('answers for the packs of one vault, and to its owner', async () => {
    await enter();
    const stranger = await Person.registered(server);
    const { id, bytes } = pack();
    await person.put(bytes);
    assert.deepEqual(await answersTo([questionTo(id)], stranger), [null]);
    assert.equal((await ask([questionTo(id)], stranger, person.vault)).code, 'not-found');
  });

  it('takes a bounded number of whole keys', async () => {
    await enter();
    const { id, bytes } = pack();
    await person.put(bytes);
    const many = Array.from({ length: MAX_CHALLENGES }, () => questionTo(id));
    assert.equal((await answersTo(many)).length, MAX_CHALLENGES);
    assert.equal((await ask([...many, questionTo(id)])).code, 'bad-request');
    for (const length of [0, 16, 31, 33])
      assert.equal((await ask([{ pack: id, key: randomBytes(length) }])).code, 'bad-request');
    assert.equal((await ask([questionTo('zz')])).code, 'bad-request');
    const large = await person.ask('POST', packsChallengePath(person.vault), { json: { pad: 'x'.repeat(20_000) } });
    assert.equal(large.code, 'too-large');
  });

  it('is asked so often a minute, each account for itself', async () => {
    await enter();
    const codes = [];
    for (let i = 0; i < 31; i++) codes.push((await ask([])).code);
    assert.deepEqual([codes[29], codes[30]], [200, 'rate-limited']);
    await enter();
    assert.equal((await ask([])).code, 200);
  });
});

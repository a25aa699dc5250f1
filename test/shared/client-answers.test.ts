/**
 * Answers of a server that means harm: whatever comes, a method gives a value of its type or E_PROTOCOL. The server's
 * own schemas judge what is of its type: a value that came through must be one they take, once fields unknown to them
 * are dropped.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { utf8 } from '../../shared/bytes/index.ts';
import { type Api, createApi, createShareApi, type Transport } from '../../shared/client/index.ts';
import { codeOf } from '../../shared/errors/index.ts';
import * as schemas from '../../shared/protocol/schemas.ts';
import { GRANT, H32, HEAD, ID, LINK_ROW, LOG_PAGE, SERVER } from '../support/answers.ts';
import { scriptedTransport } from '../support/scripted-transport.ts';

interface Question {
  readonly schema: TSchema;
  readonly valid: unknown;
  readonly ask: (transport: Transport) => Promise<unknown>;
}

const app = (ask: (api: Api) => Promise<unknown>) => (transport: Transport) => ask(createApi(transport));
const proof = { lookup: ID, auth: new Uint8Array(32) };
const session = { sessionId: ID, client: 'web', deviceId: ID, createdAt: 1, lastSeenAt: 2, current: false };
const usage = { accountId: ID, usedBytes: 1, quotaBytes: 2, packs: 3, createdDay: 4 };
const challenge = { challenge: 'A'.repeat(43) };

const QUESTIONS: Readonly<Record<string, Question>> = {
  server: { schema: schemas.ServerInfo, valid: SERVER, ask: app((api) => api.server()) },
  grant: { schema: schemas.SessionGrant, valid: GRANT, ask: app((api) => api.session()) },
  registrationStart: {
    schema: schemas.RegistrationStartAnswer,
    valid: { response: 'abc' },
    ask: app((api) => api.registrationStart('n', 'r')),
  },
  loginStart: {
    schema: schemas.LoginStartAnswer,
    valid: { loginId: ID, response: 'abc' },
    ask: app((api) => api.loginStart('n', 'r')),
  },
  challenge: { schema: schemas.ChallengeAnswer, valid: challenge, ask: app((api) => api.deviceChallenge(ID)) },
  sessions: { schema: schemas.SessionList, valid: { sessions: [session] }, ask: app((api) => api.sessions()) },
  account: { schema: schemas.AccountInfo, valid: usage, ask: app((api) => api.account()) },
  log: { schema: schemas.LogPage, valid: LOG_PAGE, ask: app((api) => api.readLog(ID, 5)) },
  append: {
    schema: schemas.AppendAnswer,
    valid: { head: HEAD },
    ask: app((api) => api.append(ID, { seq: 6, hash: H32 }, [utf8('one')], [])),
  },
  packsMissing: {
    schema: schemas.PacksMissingAnswer,
    valid: { missing: [H32] },
    ask: app((api) => api.packsMissing(ID, [H32])),
  },
  packsChallenge: {
    schema: schemas.PacksChallengeAnswer,
    valid: { answers: ['AAAAAAAAAAAAAAAAAAAAAA'] },
    ask: app((api) => api.challengePacks(ID, [{ packId: H32, key: new Uint8Array(32) }])),
  },
  links: { schema: schemas.LinkList, valid: { links: [LINK_ROW] }, ask: app((api) => api.links()) },
  shareOpen: {
    schema: schemas.ShareRecord,
    valid: { record: 'AAAA', expiresDay: 1, downloadsLeft: null },
    ask: (transport) => createShareApi(transport).open(proof),
  },
};

/** Every place inside a JSON value, as a list of keys. */
function placesOf(value: unknown, place: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [place];
  return [place, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...place, key]))];
}

/** The value with what stands at a place replaced; `undefined` takes it out. */
function replaced(value: unknown, place: readonly string[], by: unknown): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

const nasty = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(undefined, null, -1, 0.5, 2 ** 53, 1e300, '', 'A', 'AA==', 'A+/A', '__proto__', [], {}, true),
  fc.stringMatching(/^[0-9a-f]{31,33}$/),
  fc.stringMatching(/^[A-Za-z0-9_-]{0,90}$/),
  fc.string({ unit: 'binary', maxLength: 70 }),
);

const changed = (valid: unknown) =>
  fc
    .array(fc.tuple(fc.constantFrom(...placesOf(valid)), nasty), { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce((value, [place, by]) => safely(value, place, by), valid));

// An earlier change may have taken away the place of a later one.
function safely(value: unknown, place: readonly string[], by: unknown): unknown {
  try {
    return replaced(value, place, by);
  } catch {
    return value;
  }
}

async function check({ schema, ask }: Question, body: unknown): Promise<void> {
  const wire = JSON.parse(JSON.stringify(body) ?? 'null');
  try {
    await ask(scriptedTransport(() => ({ body: wire })));
  } catch (error) {
    assert.equal(codeOf(error), 'E_PROTOCOL');
    return;
  }
  assert.ok(Value.Check(schema, Value.Clean(schema, wire)), 'the schema refuses what the client took');
}

describe('hostile answers', () => {
  for (const [name, question] of Object.entries(QUESTIONS)) {
    test(`${name}: the valid answer is taken, and one that says more`, async () => {
      const reply = (body: unknown) => question.ask(scriptedTransport(() => ({ body })));
      const plain = await reply(question.valid);
      assert.deepEqual(await reply({ ...(question.valid as object), later: { version: 2 } }), plain);
    });

    test(`${name}: a changed answer gives a value or E_PROTOCOL`, () =>
      fc.assert(
        fc.asyncProperty(changed(question.valid), (body) => check(question, body)),
        { numRuns: 300 },
      ));

    test(`${name}: any JSON gives E_PROTOCOL`, () =>
      fc.assert(
        fc.asyncProperty(fc.jsonValue(), (body) => check(question, body)),
        { numRuns: 50 },
      ));

    test(`${name}: any bytes give E_PROTOCOL`, () =>
      fc.assert(
        fc.asyncProperty(fc.uint8Array(), async (body) => {
          const error = await question.ask(scriptedTransport(() => ({ body }))).then(
            () => null,
            (reason: unknown) => reason,
          );
          assert.equal(codeOf(error), 'E_PROTOCOL');
        }),
        { numRuns: 50 },
      ));
  }

  test('problems: any refusal gives an error with a code of the contract', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 300, max: 599 }), nasty, nasty, async (status, code, detail) => {
        const body = { type: 'about:blank', title: 't', status, code, head: detail, missing: detail };
        const asking = createApi(scriptedTransport(() => ({ status, body }))).append(ID, HEAD, [], []);
        const error = await asking.then(
          () => assert.fail('it is a refusal'),
          (reason: unknown) => reason,
        );
        assert.notEqual(codeOf(error), 'E_INTERNAL');
      }),
    ));
});

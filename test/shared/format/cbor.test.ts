/** One encoding for every value; anything else is an integrity error, found quickly and before anything is built. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromHex } from '../../../shared/bytes/index.ts';
import {
  bytes,
  type Codec,
  decodeCbor,
  encodeCbor,
  int,
  list,
  nullable,
  record,
  text,
  textMap,
  tuple,
  uint,
} from '../../../shared/format/cbor.ts';
import { opCodec } from '../../../shared/format/index.ts';
import { anyOp } from '../../support/arbitrary-op.ts';
import { head, referenceCbor, wideHead } from '../../support/cbor-reference.ts';

const MAX = 1_048_576;
const BAD = { code: 'E_INTEGRITY' };
const anything: Codec<unknown> = { write: (value) => value, read: (raw) => raw };

function refused(codec: Codec<unknown>, input: Uint8Array | string): void {
  const given = typeof input === 'string' ? fromHex(input) : input;
  assert.throws(() => decodeCbor(codec, given, MAX), BAD, Buffer.from(given.subarray(0, 40)).toString('hex'));
}

test('every operation comes back, in the one encoding that the RFC prescribes', () => {
  fc.assert(
    fc.property(anyOp, (op) => {
      const encoded = encodeCbor(opCodec, op);
      assert.deepEqual(decodeCbor(opCodec, encoded, MAX), op);
      assert.deepEqual(Buffer.from(encoded), referenceCbor(opCodec.write(op)));
    }),
    { numRuns: 400 },
  );
});

test('numbers from end to end', () => {
  const numbers = [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER];
  for (const number of numbers) {
    for (const each of [number, -number - 1]) {
      if (!Number.isSafeInteger(each)) continue;
      assert.equal(decodeCbor(int, encodeCbor(int, each), MAX), each);
      assert.deepEqual(Buffer.from(encodeCbor(int, each)), referenceCbor(each));
    }
  }
  refused(int, head(0, 2n ** 53n));
  refused(int, head(1, 2n ** 53n));
  refused(int, head(0, 2n ** 64n - 1n));
  refused(uint(), '20');
  refused(uint(10), '0b');
});

test('numbers and lengths that fit fewer bytes are refused', () => {
  for (const [width, argument] of [
    [1, 0n],
    [1, 23n],
    [2, 24n],
    [2, 255n],
    [4, 65_535n],
    [8, 0xffff_ffffn],
  ] as const) {
    for (const major of [0, 1]) refused(int, wideHead(major, argument, width));
    const content = Buffer.alloc(Number(argument > 70_000n ? 0n : argument), 97);
    if (argument > 70_000n) continue;
    refused(bytes(content.length), Buffer.concat([wideHead(2, argument, width), content]));
    refused(text(100_000), Buffer.concat([wideHead(3, argument, width), content]));
  }
  refused(list(int, 10), '980100');
  refused(anything, 'b8010000');
});

test('what is not of the subset is refused', () => {
  const cases = {
    float16: 'f93c00',
    float32: 'fa3f800000',
    float64: 'fb3ff0000000000000',
    'not a number': 'f97e00',
    infinity: 'f97c00',
    undefined: 'f7',
    'simple value': 'f0',
    'simple value in two bytes': 'f8ff',
    tag: 'c000',
    'big number': 'c249010000000000000000',
    'tag of the format itself': 'd9d9f700',
    'indefinite bytes': '5f4100ff',
    'indefinite text': '7f6161ff',
    'indefinite array': '9f00ff',
    'indefinite map': 'bf0000ff',
    'lone break': 'ff',
    'reserved additional information': '1c',
    nothing: '',
    'trailing byte': '0000',
    'trailing item': '0080',
    'cut integer': '19ff',
    'cut bytes': '42ff',
    'cut array': '8200',
    'cut map': 'a100',
    'bad text': '61ff',
    'text with half a pair': '63eda080',
    'overlong text': '62c080',
  };
  for (const input of Object.values(cases)) refused(anything, input);
});

test('maps that are not sorted, repeat a key, lack one or have one more are refused', () => {
  const pair = record({ a: [0, int], b: [1, int] });
  assert.deepEqual(decodeCbor(pair, fromHex('a200050106'), MAX), { a: 5, b: 6 });
  for (const input of [
    'a201060005',
    'a200050005',
    'a10005',
    'a3000501060207',
    'a2000502f6',
    'a26130050106',
    'a0',
    '80',
  ]) {
    refused(pair, input);
  }
  const names = textMap(3, 10);
  const read = decodeCbor(names, fromHex('a26161613161626132'), MAX);
  assert.deepEqual(
    read,
    new Map([
      ['a', '1'],
      ['b', '2'],
    ]),
  );
  const notSorted = 'a26162613261616131';
  const twice = 'a26161613161616132';
  const numberAsKey = 'a1006161';
  const numberAsValue = 'a1616100';
  for (const input of [notSorted, twice, numberAsKey, numberAsValue]) refused(names, input);
});

test('lengths that promise more than there is cost no time and no memory', () => {
  const heads = [2, 3, 4, 5].flatMap((major) =>
    [2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 64n - 1n].map((n) => head(major, n)),
  );
  const before = process.memoryUsage().arrayBuffers;
  for (const start of heads) {
    for (const codec of [anything, list(int, 1e9), bytes(2 ** 31), text(2 ** 31), textMap(1e9, 10)]) {
      refused(codec, start);
      refused(codec, Buffer.concat([start, Buffer.alloc(1_000, 0)]));
      refused(codec, Buffer.concat([Buffer.from([0x81]), start]));
    }
  }
  assert.ok(process.memoryUsage().arrayBuffers - before < 64 * MAX);
});

test('nesting is refused beyond sixteen, however deep', () => {
  const nested = (depth: number, byte: number) => Buffer.concat([Buffer.alloc(depth - 1, byte), Buffer.from([0x80])]);
  assert.ok(decodeCbor(anything, nested(16, 0x81), MAX));
  for (const depth of [18, 20_000, 1_000_000]) refused(anything, nested(depth, 0x81));
  refused(anything, Buffer.concat([Buffer.from('a100'.repeat(20_000), 'hex'), Buffer.from([0])]));
  refused(anything, Buffer.concat([Buffer.alloc(20_000, 0xc1), Buffer.from([0])]));
  // Brothers are not depth.
  assert.ok(decodeCbor(anything, Buffer.concat([head(4, 5_000n), Buffer.alloc(5_000, 0x80)]), MAX));
});

test('far more items than anything of its length that is written has are refused unbuilt', () => {
  for (const item of [0x00, 0x80, 0xa0]) {
    const bomb = new Uint8Array(MAX).fill(item);
    bomb.set([0x9a, 0x00, 0x0f, 0xff, 0xfb]);
    refused(anything, bomb);
  }
});

test('more bytes than allowed are refused, to the byte', () => {
  const input = encodeCbor(bytes(100), new Uint8Array(100));
  assert.ok(decodeCbor(bytes(100), input, input.length));
  assert.throws(() => decodeCbor(bytes(100), input, input.length - 1), BAD);
});

test('what no reader would take is not written', () => {
  const cases: [Codec<unknown>, unknown][] = [
    [uint(10) as Codec<unknown>, 11],
    [uint() as Codec<unknown>, -1],
    [int as Codec<unknown>, 0.5],
    [int as Codec<unknown>, Number.NaN],
    [int as Codec<unknown>, 2 ** 53],
    [bytes(16) as Codec<unknown>, new Uint8Array(15)],
    [text(3) as Codec<unknown>, 'éé'],
    [list(int, 2) as Codec<unknown>, [1, 2, 3]],
    [list(int, 2, 1) as Codec<unknown>, []],
    [nullable(int) as Codec<unknown>, undefined],
    [
      textMap(1, 10) as Codec<unknown>,
      new Map([
        ['a', ''],
        ['b', ''],
      ]),
    ],
    [tuple(int, text(2)) as Codec<unknown>, [1, 'abc']],
  ];
  for (const [codec, value] of cases) assert.throws(() => encodeCbor(codec, value), { code: 'E_INPUT' }, String(value));
});

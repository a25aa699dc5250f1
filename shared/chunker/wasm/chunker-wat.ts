/**
 * Writes the WebAssembly that finds candidate positions, as text. It is a program and not a text because six positions
 * are worked on side by side: the steps of SipHash are said once and written out for each. What is shipped is
 * chunker-wasm.ts; this file is only run to make it, and by the tests. Knows positions, not chunks.
 *
 * Memory: 0 T[256] | 4096 T64[256] | 8192 SipHash key (16) | 8256 the bytes. T and T64 hold 16 bytes an entry: one
 * little-endian 64-bit word for each of the two Toeplitz hashes, which live in the two halves of the vector h.
 */

/** One or two positions on their way through SipHash. The locals are the letter and 0 to 3, m and n: v0 to v3, both blocks. */
interface Lane {
  readonly letter: string;
  readonly type: 'i64x2' | 'i64';
  /** Places of its positions after the first of the six. */
  readonly places: readonly number[];
}

/**
 * Two vectors of two positions and two scalars. Vector and scalar units of a core work at the same time, which is why the
 * steps of all four lanes are interleaved; measured against 1 to 3 vectors with 0 to 3 scalars, in three engines.
 */
const LANES: readonly Lane[] = [
  { letter: 'a', type: 'i64x2', places: [0, 1] },
  { letter: 'b', type: 'i64x2', places: [2, 3] },
  { letter: 'c', type: 'i64', places: [4] },
  { letter: 'd', type: 'i64', places: [5] },
];
const PLACES = [0, 1, 2, 3, 4, 5];

/** A round of SipHash: the part that reads v0 and v1 alone, then the rest. */
const HALF = ['0 += 1', '1 <<<= 13', '1 ^= 0', '0 <<<= 32'];
const OTHER_HALF = [
  ...['2 += 3', '3 <<<= 16', '3 ^= 2', '0 += 3', '3 <<<= 21', '3 ^= 0'],
  ...['2 += 1', '1 <<<= 17', '1 ^= 2', '2 <<<= 32'],
];
const ROUND = [...HALF, ...OTHER_HALF];
/** The last round and v0 ^ v1 ^ v2 ^ v3 in v3, less what cancels out: v0 goes into v3 and is taken away again. */
const LAST_ROUND = [
  ...['0 += 1', '1 <<<= 13', '1 ^= 0', '2 += 3', '3 <<<= 16', '3 ^= 2'],
  ...['2 += 1', '1 <<<= 17', '3 <<<= 21', '3 ^= 1', '3 ^= 2', '2 <<<= 32', '3 ^= 2'],
];
/** SipHash-1-3 of two blocks. The first half of the first round knows only the key: it is done before the loop. */
const SIPHASH = [
  ...['3 ^= m', ...OTHER_HALF, '0 ^= m', '3 ^= n', ...ROUND, '0 ^= n'],
  ...['2 ^= 0xff', ...ROUND, ...ROUND, ...LAST_ROUND],
];

const get = (local: string): string => `(local.get $${local})`;
const set = (local: string, value: string): string => `(local.set $${local} ${value})`;
const vectorType = (lane: Lane): string => (lane.type === 'i64' ? 'i64' : 'v128');
const literal = (lane: Lane, word: string): string =>
  lane.type === 'i64' ? `(i64.const ${word})` : `(v128.const i64x2 ${word} ${word})`;

/** The byte shuffles of the rotations that move whole bytes: one instruction instead of three. */
const SHUFFLES: Readonly<Record<string, string>> = {
  16: '6 7 0 1 2 3 4 5 14 15 8 9 10 11 12 13',
  32: '4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11',
};

function rotated(lane: Lane, value: string, bits: string): string {
  if (lane.type === 'i64') return `(i64.rotl ${value} (i64.const ${bits}))`;
  const shuffle = SHUFFLES[bits];
  if (shuffle !== undefined) return `(i8x16.shuffle ${shuffle} ${value} ${value})`;
  return `(v128.or (i64x2.shl ${value} (i32.const ${bits})) (i64x2.shr_u ${value} (i32.const ${64 - Number(bits)})))`;
}

/** `step` as it is written above, in one lane. */
function written(lane: Lane, step: string): string {
  const [target, operator, operand] = step.split(' ') as [string, string, string];
  const local = `${lane.letter}${target}`;
  const other = operand.startsWith('0x') ? literal(lane, operand) : get(`${lane.letter}${operand}`);
  if (operator === '<<<=') return set(local, rotated(lane, get(local), operand));
  if (operator === '+=') return set(local, `(${lane.type}.add ${get(local)} ${other})`);
  return set(local, `(${vectorType(lane)}.xor ${get(local)} ${other})`);
}

/** h · x mod x^64 + x^4 + x^3 + x + 1, in both halves. */
const H_TIMES_X = `(v128.xor
  (i64x2.add ${get('h')} ${get('h')})
  (v128.and (i64x2.lt_s ${get('h')} (v128.const i64x2 0 0)) (v128.const i64x2 0x1b 0x1b)))`;

const tableEntry = (table: number, address: string, place: number): string =>
  `(v128.load offset=${table} (i32.shl (i32.load8_u offset=${place} ${get(address)}) (i32.const 4)))`;

/** h of the position in this place, then h of the next one: the byte after it comes in, the first of its window goes out. */
const roll = (place: number): string[] => [
  set(`h${place}`, get('h')),
  set('h', `(v128.xor ${H_TIMES_X} (v128.xor ${tableEntry(0, 'p', place)} ${tableEntry(4096, 'w', place)}))`),
];

/** State after the half round of the key; m = the first hash, n = 56 bits of the second and the length, 15. */
function begin(lane: Lane): string[] {
  const [x = 0, y = 0] = lane.places;
  const half = (index: 0 | 1, bytes: string): string =>
    lane.type === 'i64'
      ? `(i64x2.extract_lane ${index} ${get(`h${x}`)})`
      : `(i8x16.shuffle ${bytes} ${get(`h${x}`)} ${get(`h${y}`)})`;
  const type = vectorType(lane);
  const second = `(${type}.and ${half(1, '8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31')} ${literal(lane, '0xffffffffffffff')})`;
  return [
    ...[0, 1, 2, 3].map((i) => set(`${lane.letter}${i}`, get(lane.type === 'i64' ? `k${i}` : `kk${i}`))),
    set(`${lane.letter}m`, half(0, '0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23')),
    set(`${lane.letter}n`, `(${type}.or ${second} ${literal(lane, '0xf00000000000000')})`),
  ];
}

/** Leaves the loop with the first position of the lane whose value has zeros under the mask. */
function test(lane: Lane, mask: string): string {
  const v = get(`${lane.letter}3`);
  const leave = (place: number, value: string): string => `(if (i64.eqz (i64.and ${value} (i64.const ${mask}))) (then
    ${set('value', value)} ${set('p', `(i32.add ${get('p')} (i32.const ${place}))`)} (br $found)))`;
  const tests = lane.places.map((place, half) =>
    leave(place, lane.type === 'i64' ? v : `(i64x2.extract_lane ${half} ${v})`),
  );
  if (lane.type === 'i64') return tests.join('\n');
  return `(if (i32.eqz (i64x2.all_true (v128.and ${v} ${literal(lane, mask)}))) (then ${tests.join('\n')}))`;
}

const keyWord = (at: number, constant: string): string =>
  `(i64.xor (i64.load offset=${8192 + at} (i32.const 0)) (i64.const ${constant}))`;
const KEY: Lane = { letter: 'k', type: 'i64', places: [] };

/** Counts address $address and $p on by the number of lanes' positions. */
const advance = (local: string): string => set(local, `(i32.add ${get(local)} (i32.const ${PLACES.length}))`);

const locals = (): string =>
  [
    '(local $w i32) (local $value i64) (local $h v128)',
    ...PLACES.map((place) => `(local $h${place} v128)`),
    ...[0, 1, 2, 3].map((i) => `(local $k${i} i64) (local $kk${i} v128)`),
    ...LANES.flatMap((lane) =>
      ['0', '1', '2', '3', 'm', 'n'].map((name) => `(local $${lane.letter}${name} ${vectorType(lane)})`),
    ),
  ].join(' ');

/**
 * The module's text. It exports `memory` and `find(p, last)`: the first candidate from p to last, as position · 2 +
 * strong, or −1. Positions are addresses; the window of one is the 64 bytes before it. Reads up to 6 bytes past `last`.
 *
 * @param weak mask under which a candidate's value is zero
 * @param strong mask under which a strong candidate's value is zero
 */
export function chunkerWat(weak = '0x7ffff', strong = '0x1fffff'): string {
  return `(module
(memory (export "memory") 5)
(func (export "find") (param $p i32) (param $last i32) (result i32)
${locals()}
${set('k0', keyWord(0, '0x736f6d6570736575'))}
${set('k1', keyWord(8, '0x646f72616e646f6d'))}
${set('k2', keyWord(0, '0x6c7967656e657261'))}
${set('k3', keyWord(8, '0x7465646279746573'))}
${HALF.map((step) => written(KEY, step)).join('\n')}
${[0, 1, 2, 3].map((i) => set(`kk${i}`, `(i64x2.splat ${get(`k${i}`)})`)).join('\n')}
;; h of the first position, from zero
${set('w', `(i32.sub ${get('p')} (i32.const 64))`)}
(loop $warm
  ${set('h', `(v128.xor ${H_TIMES_X} ${tableEntry(0, 'w', 0)})`)}
  ${set('w', `(i32.add ${get('w')} (i32.const 1))`)}
  (br_if $warm (i32.lt_u ${get('w')} ${get('p')})))
${set('w', `(i32.sub ${get('p')} (i32.const 64))`)}
(block $found
  (loop $next
    ${PLACES.flatMap(roll).join('\n')}
    ${LANES.flatMap(begin).join('\n')}
    ${SIPHASH.flatMap((step) => LANES.map((lane) => written(lane, step))).join('\n')}
    ${LANES.map((lane) => test(lane, weak)).join('\n')}
    ${advance('p')} ${advance('w')}
    (br_if $next (i32.le_u ${get('p')} ${get('last')})))
  (return (i32.const -1)))
;; of the six tried together, some may lie beyond the last
(if (i32.gt_u ${get('p')} ${get('last')}) (then (return (i32.const -1))))
(i32.or
  (i32.shl ${get('p')} (i32.const 1))
  (i64.eqz (i64.and ${get('value')} (i64.const ${strong}))))))`;
}

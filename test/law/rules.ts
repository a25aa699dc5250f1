/**
 * The import law: who may import whom, which package has which one door, what shared code may not touch. Each function
 * takes sources and answers offences, each with the rule it breaks; an empty list is a clean tree.
 */
import { posix } from 'node:path';
import type { Found, Source } from './source.ts';

export interface Offence {
  readonly where: string;
  readonly what: string;
  readonly rule: string;
}

const LAYERS: readonly (readonly string[])[] = [
  ['errors', 'bytes', 'async'],
  ['crypto', 'chunker', 'compress'],
  ['protocol', 'format'],
  ['client'],
  ['vault'],
  ['catalog'],
  ['archiver', 'restorer', 'checker', 'share', 'account'],
];

/** In these layers each folder may also import those named before it. */
const ORDERED: readonly number[] = [0, 2];

const SERVER_MAY: readonly string[] = ['protocol', 'errors', 'bytes', 'async'];

/** Doors beside index.ts, for what is too heavy to come with everything: who enters, and where. */
const SECOND_DOORS: readonly (readonly [from: RegExp, to: RegExp])[] = [
  [/^server\//, /^shared\/protocol\/schemas\.ts$/],
  [/^(?:web|extension)\//, /^shared\/account\/(?:sign-in|password-policy|passphrase)\.ts$/],
];

/** Package (or its scope) → the only folders or files that import it. */
const DOORS: readonly (readonly [RegExp, RegExp])[] = [
  [/^webextension-polyfill$/, /^extension\/platform\//],
  [/^dexie$/, /^extension\/queue\//],
  [/^idb$/, /^shared\/browser\//],
  [/^(?:hash-wasm|@scure\/bip39)(?:\/|$)/, /^shared\/crypto\//],
  [/^@serenity-kit\/opaque$/, /^(?:shared\/crypto\/|server\/domain\/opaque\.ts$)/],
  [/^cborg(?:\/|$)/, /^shared\/format\//],
  [/^@zxcvbn-ts\//, /^shared\/account\//],
  [/^preact(?:\/|$)/, /^(?:web\/(?!worker\/|sw\/)|extension\/(?:ui|entrypoints)\/)/],
  [/^typebox(?:\/|$)/, /^(?:shared\/protocol|server)\//],
  [/^(?:node:sqlite|kysely)(?:\/|$)/, /^server\/db\//],
  [/^node:/, /^(?:server|reader)\//],
  [/^(?:fastify|@fastify\/)/, /^server\/(?!domain\/|db\/)/],
];

/** Relative imports that are refused, with the reason. First match wins; what no row refuses is allowed. */
const WALLS: readonly (readonly [from: RegExp, to: RegExp, rule: string])[] = [
  [/^shared\//, /^(?!shared\/)/, 'shared imports nothing but shared'],
  [/^server\//, /^(?:web|extension)\//, 'the server knows no client'],
  [/^server\//, /^shared\/browser\//, 'shared/browser is for browsers'],
  [/^reader\//, /^(?!reader\/|shared\/(?!browser\/))/, 'the reader knows the pure part of shared, and nobody else'],
  [/^(?:server|web|extension)\//, /^reader\//, 'the reader is a program, not a part'],
  [/^server\/domain\//, /^server\/(?:routes|middleware|db)\//, 'a server rule knows no HTTP and no SQL'],
  [/^web\//, /^(?:extension|server)\//, 'the web app knows neither extension nor server'],
  [/^web\/routes\//, /^shared\/(?:format|crypto)\//, 'a screen shows; it holds no key and no format'],
  [/^web\/(?:worker|sw)\//, /^web\/(?:routes|ui)\//, 'a worker has no screen'],
  [/^extension\//, /^server\//, 'the extension knows no server code'],
  [/^extension\/(?!ui\/|entrypoints\/)/, /^web\/(?!ui\/)/, 'of web, the extension borrows web/ui'],
  [/^extension\/ui\//, /^web\/(?!ui\/|routes\/|session\/)/, 'the full page borrows web/ui, web/routes and web/session'],
  [/^extension\/entrypoints\//, /^web\/sw\//, 'the extension has no service worker of the web'],
  [/^extension\/ui\//, /^extension\/(?:queue\/(?:outbox|db)\.ts|runner\/)/, 'ui reads queue/view and sends messages'],
  [/^extension\/ui\//, /^shared\/(?:archiver|crypto)\//, 'ui holds no key and runs no archive'],
  [/^(?:shared|server|reader|web|extension)\//, /^(?:test|\.ci|docs)\//, 'the product imports no test and no tooling'],
];

const folderOf = (path: string): string => path.split('/')[1] ?? '';
const layerOf = (folder: string): number => LAYERS.findIndex((layer) => layer.includes(folder));

/** The project path a relative specifier names, without `?worker&url` and the like. */
export function resolve(from: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(from), specifier.replace(/\?.*$/, '')));
}

export const isRelative = (specifier: string): boolean => specifier.startsWith('.') || specifier.startsWith('/');

export function importOffences(sources: readonly Source[]): Offence[] {
  const known = new Set(sources.map((source) => source.path));
  return sources.flatMap((source) =>
    source.imports.flatMap(({ specifier, line }) => {
      const rule = isRelative(specifier)
        ? relativeRule(source.path, resolve(source.path, specifier), known)
        : packageRule(source.path, specifier);
      return rule === null ? [] : [{ where: `${source.path}:${line}`, what: `imports ${specifier}`, rule }];
    }),
  );
}

function packageRule(from: string, specifier: string): string | null {
  const doors = DOORS.filter(([name]) => name.test(specifier));
  if (doors.length === 0) return 'no such package on the list of doors: a dependency needs a reason and one place';
  return doors[0]?.[1].test(from) ? null : `only ${doors[0]?.[1].source} may import this package`;
}

function relativeRule(from: string, to: string, known: ReadonlySet<string>): string | null {
  if (/\.tsx?$/.test(to) && !known.has(to)) return `there is no ${to}`;
  for (const [left, right, rule] of WALLS) if (left.test(from) && right.test(to)) return rule;
  if (!to.startsWith('shared/')) return null;
  const sameFolder = from.startsWith('shared/') && folderOf(from) === folderOf(to);
  if (sameFolder) return null;
  if (from.startsWith('shared/')) return layerRule(folderOf(from), folderOf(to));
  const isDoor =
    /^shared\/[^/]+\/index\.ts$/.test(to) || SECOND_DOORS.some(([left, right]) => left.test(from) && right.test(to));
  if (!isDoor) return 'from outside, a folder of shared is entered by its door, index.ts';
  if (from.startsWith('server/') && !SERVER_MAY.includes(folderOf(to))) {
    return `the server may import of shared only ${SERVER_MAY.join(', ')}`;
  }
  return null;
}

function layerRule(from: string, to: string): string | null {
  if (to === 'browser') return 'shared/browser is imported by extension and web only';
  if (from === 'browser') return null;
  const [upper, lower] = [layerOf(from), layerOf(to)];
  if (upper < 0 || lower < 0) return `shared/${upper < 0 ? from : to} has no layer`;
  if (from === 'protocol' && lower > 0) return 'shared/protocol is the server’s too: of shared it imports only L0';
  if (upper > lower) return null;
  if (upper === lower && ORDERED.includes(upper) && isBefore(LAYERS[upper] ?? [], to, from)) return null;
  return `L${upper} ${from} may import lower layers only; ${to} is L${lower}`;
}

const isBefore = (layer: readonly string[], a: string, b: string): boolean => layer.indexOf(a) < layer.indexOf(b);

/** Every name at a door of `shared` is there for somebody: a name that nobody takes through it is its folder's own. */
export function doorOffences(sources: readonly Source[], tests: readonly Source[]): Offence[] {
  const wanted = new Set(
    [...sources, ...tests].flatMap(({ path, taken }) =>
      taken.filter(({ specifier }) => isRelative(specifier)).map((it) => `${resolve(path, it.specifier)} ${it.name}`),
    ),
  );
  const rule = 'a door gives what somebody takes through it';
  return sources
    .filter(({ path }) => /^shared\/[^/]+\/index\.ts$/.test(path) && !wanted.has(`${path} *`))
    .flatMap(({ path, given }) =>
      given
        .filter(({ text }) => !wanted.has(`${path} ${text}`))
        .map(({ text, line }) => ({ where: `${path}:${line}`, what: `gives ${text}`, rule })),
    );
}

const IMPURE = new Set(
  `document window self navigator location indexedDB caches localStorage sessionStorage chrome browser process Buffer
   global globalThis require setTimeout setInterval setImmediate clearTimeout clearInterval performance
   requestAnimationFrame fetch XMLHttpRequest WebSocket console`.split(/\s+/),
);
const IMPURE_MEMBERS = new Set(['Date.now', 'new Date()', 'Math.random']);
const PRIMITIVES = 'shared/crypto/primitives.ts';

/** Shared code has no clock, no randomness and no surroundings of its own; WebCrypto has one file. */
export function purityOffences(sources: readonly Source[]): Offence[] {
  return sources.flatMap((source) => {
    const { path } = source;
    const pure = path.startsWith('shared/') && !path.startsWith('shared/browser/');
    const found: Offence[] = [];
    const add = (items: readonly Found[], bad: (text: string) => boolean, rule: string): void => {
      for (const { text, line } of items)
        if (bad(text)) found.push({ where: `${path}:${line}`, what: `uses ${text}`, rule });
    };
    if (pure) {
      add(source.globals, (name) => IMPURE.has(name), 'shared is pure: it runs unchanged in page, worker and Node');
      add(source.members, (name) => IMPURE_MEMBERS.has(name), 'clock and randomness are injected into shared');
    }
    if (pure && path !== PRIMITIVES)
      add(source.globals, (name) => name === 'crypto', `WebCrypto has one door, ${PRIMITIVES}`);
    if (path !== PRIMITIVES && /^(?:shared|reader|web|extension)\//.test(path)) {
      add(source.members, (name) => name === 'crypto.subtle', `WebCrypto has one door, ${PRIMITIVES}`);
    }
    return found;
  });
}

const LABEL = /^ebk1\//;
/** The server computes the labels of the second file and may not import shared/crypto. */
const LABEL_LISTS = ['shared/crypto/labels.ts', 'shared/protocol/entry.ts'];

/** Domain-separation labels stand in two lists, each once; a literal anywhere else could collide with one unseen. */
export function labelOffences(sources: readonly Source[]): Offence[] {
  const seen = new Set<string>();
  const offences: Offence[] = [];
  for (const { path, strings } of sources) {
    for (const { text, line } of strings.filter((found) => LABEL.test(found.text))) {
      const where = `${path}:${line}`;
      if (!LABEL_LISTS.includes(path)) {
        offences.push({ where, what: text, rule: `labels are written in ${LABEL_LISTS.join(' and ')} alone` });
      } else if (seen.has(text)) offences.push({ where, what: text, rule: 'a label is written once' });
      seen.add(text);
    }
  }
  return offences;
}

/** Cycles of imports that remain after types are erased, each reported once. */
export function cycleOffences(sources: readonly Source[]): Offence[] {
  const edges = new Map(
    sources.map((source) => [
      source.path,
      source.imports
        .filter(({ specifier, typeOnly }) => !typeOnly && isRelative(specifier) && !specifier.includes('?'))
        .map(({ specifier }) => resolve(source.path, specifier)),
    ]),
  );
  const offences: Offence[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (path: string, trail: readonly string[]): void => {
    state.set(path, 'open');
    for (const next of edges.get(path) ?? []) {
      if (state.get(next) === 'open') {
        const loop = [...trail.slice(trail.indexOf(next)), next];
        offences.push({ where: path, what: loop.join(' → '), rule: 'imports point down: no cycles' });
      } else if (!state.has(next)) visit(next, [...trail, next]);
    }
    state.set(path, 'done');
  };
  for (const path of edges.keys()) if (!state.has(path)) visit(path, [path]);
  return offences;
}

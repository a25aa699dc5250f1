/** Which npm packages a part of the product carries, found by following its imports. Types carry nothing. */
import { isRelative, resolve } from './rules.ts';
import type { Source } from './source.ts';

const NAME = /^(?:@[^/]+\/)?[^/]+/;

/** Package names, sorted, that the files under `roots` and all they lead to import. Node's own modules are none. */
export function carriedPackages(sources: readonly Source[], roots: readonly string[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const queue = sources.map(({ path }) => path).filter((path) => roots.some((root) => path.startsWith(`${root}/`)));
  const reached = new Set<string>();
  const names = new Set<string>();
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const { specifier, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (typeOnly || specifier.startsWith('node:')) continue;
      if (isRelative(specifier)) queue.push(resolve(path, specifier));
      else names.add(NAME.exec(specifier)?.[0] ?? specifier);
    }
  }
  return [...names].sort();
}

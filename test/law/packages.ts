/** The npm packages that sources import, by package name, sorted. Node's own modules are none. */
import { isRelative } from './rules.ts';
import type { Source } from './source.ts';

const NAME = /^(?:@[^/]+\/)?[^/]+/;

export function importedPackages(sources: readonly Source[]): string[] {
  const specifiers = sources.flatMap((source) => source.imports.filter((found) => !found.typeOnly));
  const names = specifiers
    .filter(({ specifier }) => !isRelative(specifier) && !specifier.startsWith('node:'))
    .map(({ specifier }) => NAME.exec(specifier)?.[0] ?? specifier);
  return [...new Set(names)].sort();
}

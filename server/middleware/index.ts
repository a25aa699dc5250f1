/**
 * What happens to every request before and after its route. Nouns: site, access, problem, header, limit. Promises: a
 * route is reached only by whom it names; every failure is problem details; nothing about people is logged. May not:
 * know a rule of the domain or a table.
 */
export * from './access.ts';
export * from './cors.ts';
export * from './headers.ts';
export * from './problems.ts';
export * from './rate-limits.ts';
export * from './request-log.ts';
export * from './site.ts';

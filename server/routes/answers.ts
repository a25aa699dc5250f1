/** Response schemas: the answer itself, and problem details for everything else. */
import type { TSchema } from 'typebox';
import { Problem } from '../../shared/protocol/schemas.ts';

export function answers<T extends TSchema>(schema: T): { 200: T; '4xx': typeof Problem; '5xx': typeof Problem } {
  return { 200: schema, '4xx': Problem, '5xx': Problem };
}

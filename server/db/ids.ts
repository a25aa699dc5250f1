/** Ids are hex in the domain and bytes in the tables. */
import { type Bytes, fromHex, toHex } from '../../shared/bytes/index.ts';

export const bytesOf = (id: string): Bytes => fromHex(id);
export const bytesOrNull = (id: string | null): Bytes | null => (id === null ? null : fromHex(id));
export const idOf = (bytes: Uint8Array): string => toHex(bytes);
export const idOrNull = (bytes: Uint8Array | null): string | null => (bytes === null ? null : toHex(bytes));

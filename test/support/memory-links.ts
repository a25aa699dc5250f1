/** Links in memory: what the server does with them, for tests of both sides of a share. */
import type { Bytes } from '../../shared/bytes/index.ts';
import { equal, fromHex } from '../../shared/bytes/index.ts';
import type { NewLink, ShareRoutes } from '../../shared/client/index.ts';
import { sha256 } from '../../shared/crypto/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import type { MemoryServer } from './memory-server.ts';

export class MemoryLinks implements ShareRoutes {
  readonly links = new Map<string, NewLink>();
  readonly #server: MemoryServer;
  /** Changes a record on its way to the recipient. */
  deliver: (record: Bytes) => Bytes = (record) => record;

  constructor(server: MemoryServer) {
    this.#server = server;
  }

  async createLink(link: NewLink): Promise<void> {
    this.links.set(link.lookup, link);
  }

  async revokeLink(lookup: string): Promise<void> {
    if (!this.links.delete(lookup)) throw new HoldfastError('E_NOT_FOUND', 'no such link');
  }

  async open({ lookup, auth }: { lookup: string; auth: Bytes }) {
    const link = this.links.get(lookup);
    if (link === undefined) throw new HoldfastError('E_LINK_GONE', 'gone');
    if (!equal(await sha256(auth), fromHex(link.authHash))) throw new HoldfastError('E_LINK_PASSWORD', 'wrong');
    return { record: this.deliver(link.record), expiresDay: link.expiresDay, downloadsLeft: link.maxDownloads };
  }

  ticket = async (proof: { lookup: string; auth: Bytes }) => void (await this.open(proof));

  pack = (_ticket: string, id: string, range?: { start: number; end: number }) => this.#server.pack('', id, range);
  complete = async () => {};
}

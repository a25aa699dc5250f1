/**
 * Keeps handles alive while the engine works. Chromium grants a dropped or picked file only as long as some handle of it
 * is alive; one that was only in the database has to be asked for again.
 */
import type { SourceRow } from '../../queue/index.ts';

export class Anchors {
  readonly #held = new Map<string, SourceRow>();

  /** The source as it was first met, so that its handle stays the one that is allowed. */
  hold<S extends SourceRow | undefined>(source: S): S | SourceRow {
    if (source === undefined || (source.kind !== 'file' && source.kind !== 'folder')) return source;
    const held = this.#held.get(source.id);
    if (held !== undefined) return held;
    this.#held.set(source.id, source);
    return source;
  }
}

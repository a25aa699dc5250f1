/** The part of capture that runs in the engine's worker: walking folders, fetching documents, opening sources. */
export { Anchors } from './anchors.ts';
export { fetchDocument, type WebPort } from './fetch-document.ts';
export { type WalkPorts, walkFolders } from './folder.ts';
export { openSource } from './open-source.ts';

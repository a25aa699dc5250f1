/** The part of capture that runs in the engine's worker: walking folders, fetching documents, opening sources, borrowing files. */
export { type Flow, fetchDocument, type WebPort } from './fetch-document.ts';
export { createLoans, Lender } from './lending.ts';
export { openSource } from './open-source.ts';
export { Sources } from './sources.ts';
export { type WalkPorts, walkFolders } from './walk.ts';

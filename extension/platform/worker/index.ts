/** The part of the platform that workers may use: files and the network. It knows nothing of the browser's extension API. */
export { fillsFromFiles } from './files.ts';
export { holdLife } from './life.ts';
export { isMetered, onNetworkChange } from './network.ts';

/** The part of the platform that workers may use: the network. It knows nothing of the browser's extension API. */
export { isMetered, onNetworkChange } from './network.ts';

/** What @filen/sdk takes for granted in a browser; its users have a bundler put it there. Imported before it. */
import { Buffer } from 'buffer/index.js';

Object.assign(globalThis, { Buffer, process: { env: {} } });

/**
 * False in Chromium: there, in 156, one in about a thousand reads that are to fill memory of ours from a file never ends
 * (`getReader({ mode: 'byob' })` on a Blob's stream; answers of `fetch` are read so without fault).
 */
export const fillsFromFiles = __BROWSER__ === 'firefox';

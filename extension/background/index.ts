/**
 * The background script's parts: it schedules and shows, nothing else. Nouns: scheduler, badge, cause, capture. It promises
 * to be rebuilt from the queue after any death. May not: touch keys, read files, or keep state in globals.
 */
export { compose } from './compose.ts';
export { listen } from './listeners.ts';

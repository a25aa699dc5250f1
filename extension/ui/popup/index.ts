/**
 * Door of the popup. Nouns: truth line, recent item, finished download. It reads the queue's live view and acts through
 * messages and what is handed in. May not: open a picker (it would close the popup), touch the queue or a key.
 */
export { Popup } from './popup.tsx';

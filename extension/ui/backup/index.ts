/**
 * Door of the Backup screen, the extension's own screen of the full page. Nouns: drop zone, permission note, queue list.
 * It reads the queue's live view and acts through messages and what is handed in. May not: touch the queue or a key.
 */
export { backup as backupText } from '../messages/en.ts';

export { backupScreen } from './backup-screen.tsx';
export { follow } from './follow.ts';

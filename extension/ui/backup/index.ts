/**
 * Door of the Backup screen, the extension's own screen of the full page. Nouns: drop zone, permission note, queue list.
 * It reads the queue's live view and acts through messages and what is handed in. May not: touch the queue or a key.
 */
export { backup as backupText } from '../messages/en.ts';

export { type BackupPorts, backupScreen } from './backup-screen.tsx';
export { follow, type VaultSide } from './follow.ts';

/**
 * The extension's own screens: popup and Backup. Nouns: truth line, item row, drop zone. They read the queue's live view
 * and act through messages; what the browser can do for them is handed in. May not: touch the queue, a key or a file.
 */
export { type AccountSource, tellAccount } from './account-link.ts';
export { type BackupPorts, backupScreen } from './backup/backup-screen.tsx';
export { backup as backupText } from './messages/en.ts';
export { Popup, type PopupPorts } from './popup/popup.tsx';

/**
 * Door of the DOM ports: saving files, theme, clipboard, visibility. What the page can do that neither
 * screens nor workers should know how to.
 */
export { safeFileName } from './file-name.ts';
export { copyText, holdPage, onVisible } from './page.ts';
export { createSaver, type Saver } from './save.ts';
export type { SaveSlot } from './save-slot.ts';
export { applyTheme, keepTheme, loadTheme, THEMES, type Theme } from './theme.ts';

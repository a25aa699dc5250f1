/**
 * Door of the messages: `text` is the catalogue in use. Screens write `text.signIn.title`, never a literal sentence.
 */
export * as text from './en.ts';

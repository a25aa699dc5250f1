/** What a build puts into the code (`define` in vite.config.ts). */
declare const __BROWSER__: 'web' | 'chrome' | 'firefox';
declare const __VERSION__: string;

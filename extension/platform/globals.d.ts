/** Set by the build, one pass per browser. */
declare const __BROWSER__: 'chrome' | 'firefox';

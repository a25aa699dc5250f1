/** tus-js-client looks for `window` in a worker too. Imported before it. */
Object.assign(globalThis, { window: globalThis });

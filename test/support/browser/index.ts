/**
 * Real browsers for tests. `ChromiumRig` and `FirefoxRig` launch one with the built extension, act as a person would,
 * kill what a browser may kill, and tell every request that was made. Nothing here knows the product's screens.
 */
export { type ChromiumOptions, ChromiumRig } from './chromium.ts';
export { type FirefoxOptions, FirefoxRig } from './firefox.ts';
export type { FirefoxTab } from './firefox-tab.ts';
export { foreignRequests, type LoggedRequest } from './net-log.ts';
export { pickByDrop, pictures, standInForPicker } from './pages.ts';

/**
 * The manifest: one base and an overlay for each browser. Pure; read by the build. Every permission has its reason in
 * docs/extension.md, and a test that holds the two together.
 */
export type Browser = 'chrome' | 'firefox';

/** The add-on's id where the browser does not make one from a key of the store. */
export const FIREFOX_ID = 'holdfast@holdfast.backup';

const ICONS = { 16: 'icons/16.png', 32: 'icons/32.png', 48: 'icons/48.png', 128: 'icons/128.png' };

/** Scripts only from the package. `http:` because pictures and links of plain-http sites are captured too, and a server on this computer has no certificate; what may be read there is still up to the permission for that one site. */
const PAGE_POLICY: readonly string[] = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  'media-src blob:',
  "font-src 'self'",
  "connect-src 'self' http: https:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types ebk1-url',
];

/** A restore is streamed as a download of a hidden frame, which our own service worker answers. */
const DOWNLOAD_FRAMES = "frame-src 'self'";

const BASE_PERMISSIONS = [
  'activeTab',
  'alarms',
  'contextMenus',
  'notifications',
  'scripting',
  'storage',
  'unlimitedStorage',
];

/** Asked for when it is first needed, by the action that needs it. */
const OPTIONAL = {
  optional_permissions: ['downloads'],
  optional_host_permissions: ['http://*/*', 'https://*/*'],
};

const OVERLAYS: Readonly<Record<Browser, object>> = {
  chrome: {
    minimum_chrome_version: '128',
    permissions: [...BASE_PERMISSIONS, 'offscreen'],
    background: { service_worker: 'background.js', type: 'module' },
    content_security_policy: { extension_pages: [...PAGE_POLICY, DOWNLOAD_FRAMES].join('; ') },
    // Without this, every other extension may connect.
    externally_connectable: { ids: [] },
  },
  firefox: {
    browser_specific_settings: {
      gecko: {
        id: FIREFOX_ID,
        strict_min_version: '140.0',
        data_collection_permissions: { required: ['none'] },
      },
    },
    permissions: BASE_PERMISSIONS,
    background: { scripts: ['background.js'], type: 'module' },
    content_security_policy: { extension_pages: PAGE_POLICY.join('; ') },
  },
};

export function manifest(browser: Browser, version: string): Record<string, unknown> {
  return {
    manifest_version: 3,
    name: '__MSG_name__',
    description: '__MSG_description__',
    version,
    default_locale: 'en',
    icons: ICONS,
    action: { default_popup: 'popup.html', default_icon: ICONS, default_title: '__MSG_name__' },
    commands: {
      'open-holdfast': { suggested_key: { default: 'Alt+Shift+H' }, description: '__MSG_commandOpen__' },
      'save-page': { suggested_key: { default: 'Alt+Shift+S' }, description: '__MSG_commandSavePage__' },
    },
    ...OPTIONAL,
    ...OVERLAYS[browser],
  };
}

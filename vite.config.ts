/**
 * The one build configuration. One pass per mode, because what `define` puts into a worker is fixed per build:
 *   web      dist/web      the whole app: index.html, one script, one stylesheet, workers
 *   share    dist/share    the page behind a share link, on an origin of its own
 *   sw       .cache/sw     sw.js, the service worker that streams downloads: one self-contained file, copied to all but firefox
 *   chrome   dist/chrome   the extension for Chromium
 *   firefox  dist/firefox  the extension for Firefox
 * `npm run build` (.ci/build.ts) runs the passes. Output depends on the sources alone, never on time or place.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type UserConfig } from 'vite';
import { extensionFiles } from './.ci/vite/extension-files.ts';
import { singleBundlePage } from './.ci/vite/single-bundle-page.ts';
import { thirdPartyNotices } from './.ci/vite/third-party-notices.ts';

const ROOT = import.meta.dirname;
const at = (...parts: string[]): string => join(ROOT, ...parts);
const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8')) as { version: string };

/** The oldest browsers that have everything Holdfast stands on. */
const TARGET = ['chrome128', 'firefox140', 'safari18.2'];

/** Loading a module of `shared` does nothing by itself, so what a page does not use of it is left out. */
const SHARED = `${at('shared').replaceAll('\\', '/')}/`;
const TREESHAKE = { moduleSideEffects: (id: string) => (id.startsWith(SHARED) ? false : undefined) };

function base(browser: 'web' | 'chrome' | 'firefox', minify: boolean, notices = thirdPartyNotices()): UserConfig {
  return {
    base: '/',
    appType: 'mpa',
    logLevel: 'warn',
    define: { __BROWSER__: JSON.stringify(browser), __VERSION__: JSON.stringify(version) },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    // workers are single files: a worker that imports is a worker that can fail half-loaded
    worker: {
      format: 'es',
      plugins: () => [notices.workers],
      rolldownOptions: { treeshake: TREESHAKE, output: { codeSplitting: false } },
    },
    build: {
      target: TARGET,
      minify,
      sourcemap: false,
      emptyOutDir: true,
      assetsInlineLimit: 0, // no data: URLs, the content security policy has none
      modulePreload: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: Number.POSITIVE_INFINITY, // `npm run size` keeps the budgets
    },
  };
}

/** A page of one script and one stylesheet, both with integrity: the served pages' policy refuses anything else. */
function page(html: string, outDir: string): UserConfig {
  const notices = thirdPartyNotices();
  const common = base('web', true, notices);
  return {
    ...common,
    root: at('web'),
    publicDir: at('web/public'),
    plugins: [notices.page, singleBundlePage(html)],
    build: {
      ...common.build,
      outDir: at(outDir),
      cssCodeSplit: false,
      rolldownOptions: { input: at('web', html), treeshake: TREESHAKE, output: { codeSplitting: false } },
    },
  };
}

function serviceWorker(): UserConfig {
  const common = base('web', false); // readable, for the extension has it too
  return {
    ...common,
    root: at('web'),
    publicDir: false,
    build: {
      ...common.build,
      outDir: at('.cache/sw'),
      rolldownOptions: {
        input: at('web/sw/main.ts'),
        treeshake: TREESHAKE,
        output: { codeSplitting: false, entryFileNames: 'sw.js', format: 'es' },
      },
    },
  };
}

function extension(browser: 'chrome' | 'firefox'): UserConfig {
  const entry = (name: string): string => at('extension/entrypoints', name);
  const input: Record<string, string> = {
    background: entry('background.ts'),
    popup: entry('popup.html'),
    page: entry('page.html'),
  };
  if (browser === 'chrome') input.offscreen = entry('offscreen.html'); // Firefox's background page does its work
  const notices = thirdPartyNotices();
  const common = base(browser, false, notices); // readable: anybody can compare what runs with what is published
  return {
    ...common,
    root: at('extension/entrypoints'),
    publicDir: false,
    plugins: [notices.page, extensionFiles(at('extension'), browser, version)],
    build: {
      ...common.build,
      outDir: at('dist', browser),
      rolldownOptions: {
        input,
        treeshake: TREESHAKE,
        output: {
          entryFileNames: (chunk) => (chunk.name === 'background' ? 'background.js' : 'assets/[name]-[hash].js'),
        },
      },
    },
  };
}

export default defineConfig(({ mode }) => {
  switch (mode) {
    case 'web':
      return page('index.html', 'dist/web');
    case 'share':
      return page('share.html', 'dist/share');
    case 'sw':
      return serviceWorker();
    case 'chrome':
    case 'firefox':
      return extension(mode);
    default:
      throw new Error(`unknown mode ${mode}: use web, share, sw, chrome or firefox`);
  }
});

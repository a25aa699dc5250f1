/** Vite plugin: writes manifest.json from extension/manifest.ts. It adds nothing of its own. */
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'vite';

interface ManifestModule {
  manifest(browser: 'chrome' | 'firefox', version: string): object;
}

export function extensionManifest(source: string, browser: 'chrome' | 'firefox', version: string): Plugin {
  return {
    name: 'holdfast-extension-manifest',
    async generateBundle() {
      const { manifest } = (await import(pathToFileURL(source).href)) as ManifestModule;
      const text = `${JSON.stringify(manifest(browser, version), null, 2)}\n`;
      this.emitFile({ type: 'asset', fileName: 'manifest.json', source: text });
    },
  };
}

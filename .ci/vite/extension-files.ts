/** Vite plugin: what an extension needs beside code. manifest.json from extension/manifest.ts, messages and icons as they are. */
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'vite';
import { filesUnder } from '../project.ts';

interface ManifestModule {
  manifest(browser: 'chrome' | 'firefox', version: string): object;
}

const STATIC = ['_locales', 'icons'];

export function extensionFiles(folder: string, browser: 'chrome' | 'firefox', version: string): Plugin {
  return {
    name: 'holdfast-extension-files',
    async generateBundle() {
      const { manifest } = (await import(pathToFileURL(join(folder, 'manifest.ts')).href)) as ManifestModule;
      const text = `${JSON.stringify(manifest(browser, version), null, 2)}\n`;
      this.emitFile({ type: 'asset', fileName: 'manifest.json', source: text });
      for (const path of (await Promise.all(STATIC.map((name) => filesUnder(join(folder, name))))).flat()) {
        const fileName = relative(folder, path).replaceAll('\\', '/');
        this.emitFile({ type: 'asset', fileName, source: await readFile(path) });
      }
    },
  };
}

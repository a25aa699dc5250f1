/**
 * Vite plugins: the copyright and licence texts of every package that went into a build, workers included, as
 * third-party-licenses.md beside it. The texts are the packages' own.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin, Rolldown } from 'vite';

/** Zstandard is no package of npm's; what is compiled from it lies with its licence in a folder that looks like one. */
const PACKAGE_FOLDER = /^.*\/(?:node_modules\/(?:@[^/]+\/)?[^/]+|shared\/compress\/wasm)(?=\/)/;

/** `workers` goes into the workers' builds, which run first; `page` into the build itself. */
export function thirdPartyNotices(): { workers: Plugin; page: Plugin } {
  const folders = new Set<string>();
  const collect = (bundle: Rolldown.OutputBundle): void => {
    const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
    for (const id of chunks.flatMap((chunk) => chunk.moduleIds)) {
      const folder = PACKAGE_FOLDER.exec(id.replaceAll('\\', '/'))?.[0];
      if (folder !== undefined) folders.add(folder.replace(/^\0/, ''));
    }
  };
  return {
    workers: { name: 'holdfast-notices-of-workers', generateBundle: (_options, bundle) => collect(bundle) },
    page: {
      name: 'holdfast-notices',
      async generateBundle(_options, bundle) {
        collect(bundle);
        const notices = await Promise.all([...folders].sort().map(notice));
        const source = `# What others wrote\n\nThis build contains parts of these packages.\n\n${notices.join('\n')}`;
        this.emitFile({ type: 'asset', fileName: 'third-party-licenses.md', source });
      },
    },
  };
}

async function notice(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'package.json'), 'utf8');
  const { name, version, license } = JSON.parse(text) as { name: string; version: string; license: string };
  const files = (await readdir(folder)).filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return `## ${name} ${version} (${license})\n\n${texts.map((each) => `${each.trim()}\n`).join('\n')}`;
}

/**
 * Vite plugin for the served pages. Every script and stylesheet tag gets `integrity`, and the build fails when a page
 * would not run under its own policy: inline code, a second script, a chunk loaded later. The page is written as
 * index.html whatever its source is called.
 */
import { createHash } from 'node:crypto';
import type { Plugin, Rolldown } from 'vite';

/** What is needed of a bundle: each file's content by its path. */
type Pages = Readonly<
  Record<string, Pick<Rolldown.OutputChunk, 'type' | 'code'> | Pick<Rolldown.OutputAsset, 'type' | 'source'>>
>;

const TAG = /<(script|link)\b[^>]*>/g;

export function singleBundlePage(html: string): Plugin {
  return {
    name: 'holdfast-single-bundle-page',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const page = bundle[html];
        if (page?.type !== 'asset') throw new Error(`no ${html} in the bundle`);
        const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
        if (chunks.length !== 1) throw new Error(`${html} must be one script, found ${chunks.map((c) => c.fileName)}`);
        page.source = withIntegrity(String(page.source), bundle);
        page.fileName = 'index.html';
      },
    },
  };
}

/** The page with `integrity` on the tags of what is in the bundle. Throws when the page would not run under its policy. */
export function withIntegrity(text: string, bundle: Pages): string {
  refuseInline(text);
  return text.replace(TAG, (tag) => {
    const path = /\b(?:src|href)="\/([^"]+)"/.exec(tag)?.[1];
    const output = path === undefined ? undefined : bundle[path];
    if (output === undefined || !/^<script|rel="stylesheet"/.test(tag)) return tag;
    const content = output.type === 'chunk' ? output.code : output.source;
    return tag.replace(/>$/, ` integrity="sha384-${createHash('sha384').update(content).digest('base64')}">`);
  });
}

function refuseInline(text: string): void {
  if (/<script\b(?![^>]*\bsrc=)/.test(text)) throw new Error('inline script in a served page');
  if (/<style\b|\sstyle="|\son\w+="/.test(text)) throw new Error('inline style or handler in a served page');
  const styles = text.match(/rel="stylesheet"/g)?.length ?? 0;
  const scripts = text.match(/<script\b/g)?.length ?? 0;
  if (scripts !== 1 || styles > 1)
    throw new Error(`one script and at most one stylesheet, found ${scripts} and ${styles}`);
}

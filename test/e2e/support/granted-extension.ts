/**
 * The built extension with the permissions it would ask a person for already given: the browser's own permission dialog
 * cannot be answered without a screen. Nothing else differs from dist/chrome.
 */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { at } from '../../../.ci/project.ts';

/** Copies the build into `folder`, which also decides the extension's id. */
export async function grantedExtension(folder: string): Promise<string> {
  await cp(at('dist/chrome'), folder, { recursive: true });
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(await readFile(path, 'utf8'));
  manifest.permissions.push('downloads');
  manifest.optional_permissions = [];
  manifest.host_permissions = ['http://127.0.0.1/*'];
  await writeFile(path, JSON.stringify(manifest));
  return folder;
}

/** Prepares a Chromium profile before launch: where downloads go, which real files an extension may touch unasked. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

export interface ProfileSeed {
  /** Folder in which downloads land under their own names. */
  readonly downloads: string;
  /** For example chrome-extension://<id>/, with a slash at the end, or http://127.0.0.1:80, without. */
  readonly origin: string | null;
  /** Absolute paths of files and folders that `origin` may read and write for ever, as if a person had said so. */
  readonly granted: readonly string[];
}

interface Preferences {
  [key: string]: unknown;
  profile?: { content_settings?: { exceptions?: Record<string, unknown> } };
}

/** Keeps what the profile already says. */
export async function seedProfile(profile: string, seed: ProfileSeed): Promise<void> {
  const path = join(profile, 'Default', 'Preferences');
  await mkdir(join(profile, 'Default'), { recursive: true });
  await mkdir(seed.downloads, { recursive: true });
  const text = await readFile(path, 'utf8').catch(() => '{}');
  const preferences = JSON.parse(text) as Preferences;
  preferences.download = { default_directory: seed.downloads, prompt_for_download: false, directory_upgrade: true };
  preferences.savefile = { default_directory: seed.downloads };
  if (seed.origin !== null && seed.granted.length > 0) {
    const settings = preferences.profile?.content_settings;
    const exceptions = { ...settings?.exceptions, ...(await fileGrants(seed.origin, seed.granted)) };
    preferences.profile = { ...preferences.profile, content_settings: { ...settings, exceptions } };
  }
  await writeFile(path, JSON.stringify(preferences));
}

async function fileGrants(origin: string, paths: readonly string[]): Promise<Record<string, unknown>> {
  const pattern = `${origin},*`;
  // microseconds since 1601
  const last_modified = String((BigInt(Date.now()) + 11_644_473_600_000n) * 1000n);
  const chosen = await Promise.all(
    paths.map(async (path) => ({
      'display-name': basename(path),
      'is-directory': (await stat(path)).isDirectory(),
      path,
      readable: true,
      writable: true,
    })),
  );
  return {
    file_system_access_extended_permission: { [pattern]: { last_modified, setting: 1 } },
    file_system_access_chooser_data: { [pattern]: { last_modified, setting: { 'chosen-objects': chosen } } },
  };
}

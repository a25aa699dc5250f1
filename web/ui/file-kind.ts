/** What kind of file a name tells: for the icon and for the warning about programs. By extension only; pure. */
import { visibleName } from './visible-name.ts';

export type FileKind =
  | 'folder'
  | 'image'
  | 'video'
  | 'audio'
  | 'pdf'
  | 'document'
  | 'sheet'
  | 'slides'
  | 'archive'
  | 'code'
  | 'page'
  | 'program'
  | 'file';

const EXTENSIONS: Record<Exclude<FileKind, 'folder' | 'file'>, string> = {
  image: 'jpg jpeg png gif webp avif heic heif svg bmp tif tiff ico raw cr2 nef dng psd',
  video: 'mp4 m4v mov mkv webm avi mpg mpeg wmv ogv',
  audio: 'mp3 m4a aac flac wav ogg oga opus wma aiff mid',
  pdf: 'pdf',
  document: 'doc docx odt rtf txt md pages tex epub log',
  sheet: 'xls xlsx ods csv tsv numbers',
  slides: 'ppt pptx odp key',
  archive: 'zip tar gz tgz bz2 xz zst 7z rar',
  code: 'ts tsx js mjs cjs json css scss py rb go rs c h cpp hpp java kt swift php sql xml yml yaml toml',
  page: 'html htm mhtml mht xhtml',
  program:
    'exe msi msix appx bat cmd com scr pif cpl dll jar jse vbs vbe wsf wsh ps1 psm1 hta reg lnk url scf inf gadget app dmg pkg command deb rpm appimage flatpakref run sh bash apk ipa xpi crx',
};

const KIND_OF = new Map<string, FileKind>(
  Object.entries(EXTENSIONS).flatMap(([kind, list]) => list.split(' ').map((ext) => [ext, kind as FileKind] as const)),
);

export function fileKind(name: string): FileKind {
  return KIND_OF.get(visibleName(name).extension.slice(1).toLowerCase()) ?? 'file';
}

/** Of another kind to look at, yet opening one can run what is in it. */
const ALSO_RUN = new Set(['js', 'docm', 'xlsm', 'pptm', 'iso', 'img', 'vhd']);

/** True when opening the file may run it: programs, scripts, installers, disk images, documents with macros. */
export function isProgram(name: string): boolean {
  const extension = visibleName(name).extension.slice(1).toLowerCase();
  return KIND_OF.get(extension) === 'program' || ALSO_RUN.has(extension);
}

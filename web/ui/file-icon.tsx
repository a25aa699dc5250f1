/** A sheet of paper, or a folder, with a sign of what is on it. Decoration: the name beside it says the rest. */
import { type FileKind, fileKind } from './file-kind.ts';

const SIGNS: Record<Exclude<FileKind, 'folder'>, string> = {
  image: 'M7 18l3.5-4.5l2.5 3l1.5-1.8L17 18zM14.5 11.5h.01',
  video: 'M10 11.5v6l5-3z',
  audio: 'M10 17.5v-6l4.5-1v5.5M8.8 17.5h.01M13.3 16h.01',
  pdf: 'M8 17.5c3-2 4.5-5 4.5-8c0 4 1.5 6 4 6.5c-3-.5-6 .2-8.5 1.5',
  document: 'M8 11.5h8M8 14.5h8M8 17.5h5',
  sheet: 'M7.5 11.5h9v7h-9zM12 11.5v7M7.5 15h9',
  slides: 'M7.5 11.5h9v5.5h-9zM12 17v2',
  archive: 'M12 4v2M12 8v2M12 12v1.5M10.5 15h3v3.5h-3z',
  code: 'M10 12l-2.5 2.7L10 17.5M14 12l2.5 2.7L14 17.5',
  page: 'M12 11a4 4 0 1 1 0 8a4 4 0 0 1 0-8M8 15h8M12 11c-2.5 2.5-2.5 5.5 0 8c2.5-2.5 2.5-5.5 0-8',
  program: 'M8 12.5l2.5 2.2L8 17M12.5 17.5H16',
  file: '',
};

export function FileIcon({ name, folder }: { name: string; folder: boolean }) {
  if (folder) {
    return (
      <svg class="file-icon file-icon-folder" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        <path class="file-icon-back" d="M2.5 18.5v-13h7l2 2.5h10v10.5z" />
        <path d="M2.5 18.5V10h19v8.5z" />
      </svg>
    );
  }
  const kind = fileKind(name);
  return (
    <svg class={`file-icon file-icon-${kind}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path class="file-icon-sheet" d="M5 2.5h9l5 5v14H5zM14 2.5v5h5" />
      <path d={SIGNS[kind as Exclude<FileKind, 'folder'>]} />
    </svg>
  );
}

/** Which files are compressed already, by their first bytes. A wrong answer costs space, never data. */

/** Bytes at an offset; null stands for any byte. */
interface Magic {
  readonly at: number;
  readonly bytes: readonly (number | null)[];
}

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
const at0 = (...bytes: (number | null)[]): Magic => ({ at: 0, bytes });

const MAGICS: readonly Magic[] = [
  // pictures
  at0(0xff, 0xd8, 0xff), // JPEG
  at0(0x89, ...ascii('PNG')),
  at0(...ascii('GIF8')),
  at0(...ascii('RIFF'), null, null, null, null, ...ascii('WEBP')),
  at0(0xff, 0x0a), // JPEG XL, bare
  at0(0, 0, 0, 12, ...ascii('JXL ')),
  // films and sound
  { at: 4, bytes: ascii('ftyp') }, // MP4, MOV, M4A, HEIC, AVIF
  at0(0x1a, 0x45, 0xdf, 0xa3), // Matroska, WebM
  at0(...ascii('RIFF'), null, null, null, null, ...ascii('AVI ')),
  at0(...ascii('ID3')), // MP3
  at0(0xff, 0xfb), // MP3 without a tag
  at0(0xff, 0xf3),
  at0(0xff, 0xf2),
  at0(0xff, 0xf1), // AAC
  at0(0xff, 0xf9),
  at0(...ascii('OggS')),
  at0(...ascii('fLaC')),
  at0(...ascii('FLV'), 1),
  at0(0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11), // WMV, WMA
  at0(0, 0, 1, 0xba), // MPEG
  // archives; office documents, books and packages are ZIP files
  at0(...ascii('PK'), 3, 4),
  at0(0x1f, 0x8b), // gzip
  at0(0xfd, ...ascii('7zXZ'), 0),
  at0(0x28, 0xb5, 0x2f, 0xfd), // Zstandard
  at0(0x04, 0x22, 0x4d, 0x18), // LZ4
  at0(...ascii('BZh')),
  at0(...ascii('7z'), 0xbc, 0xaf, 0x27, 0x1c),
  at0(...ascii('Rar!'), 0x1a, 7),
  at0(...ascii('wOF2')), // web font
];

/**
 * True when a file that begins with these bytes is of a compressed kind: finding edits in it and compressing it again
 * both give nothing.
 *
 * @param head the first bytes of the file; 12 are enough
 */
export function isPacked(head: Uint8Array): boolean {
  return MAGICS.some(({ at, bytes }) => bytes.every((byte, i) => byte === null || head[at + i] === byte));
}

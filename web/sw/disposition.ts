/** The Content-Disposition of a download: an ASCII name for old readers, and the true one (RFC 6266, RFC 8187). Pure. */

export function attachment(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/gu, '_');
  return `attachment; filename="${ascii}"; filename*=UTF-8''${extendedValue(name)}`;
}

/** RFC 8187 `value-chars`: everything outside attr-char as percent-encoded UTF-8. */
function extendedValue(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

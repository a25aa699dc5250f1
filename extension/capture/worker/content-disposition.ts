/** File name of a Content-Disposition header (RFC 6266, with the extended notation of RFC 8187). Pure. */

/** The name the server suggests, `filename*` before `filename`; null when it suggests none that can be read. */
export function dispositionName(header: string | null): string | null {
  if (header === null) return null;
  const parameters = readParameters(header);
  return extendedValue(parameters.get('filename*')) ?? plainValue(parameters.get('filename'));
}

/** `type *( ";" name "=" ( token | quoted-string ) )`; the first of equal names counts. */
function readParameters(header: string): Map<string, string> {
  const found = new Map<string, string>();
  const pattern = /;\s*([!#$%&'*+.^_`|~\w-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^";]*)/g;
  for (const [, name = '', value = ''] of header.matchAll(pattern)) {
    const key = name.toLowerCase();
    if (!found.has(key)) found.set(key, value.startsWith('"') ? unquote(value) : value.trim());
  }
  return found;
}

function unquote(value: string): string {
  return value.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}

/** Servers send raw UTF-8 where the standard has Latin-1; browsers hand it on as Latin-1, so it is put right here. */
function plainValue(value: string | undefined): string | null {
  if (value === undefined || value === '') return null;
  const units = Array.from(value, (char) => char.charCodeAt(0));
  if (units.some((unit) => unit > 0xff) || units.every((unit) => unit < 0x80)) return value;
  const bytes = Uint8Array.from(units);
  return decode('utf-8', bytes) ?? value;
}

/** `charset'language'percent-encoded`. */
function extendedValue(value: string | undefined): string | null {
  const [, charset = '', encoded = ''] = /^([\w-]+)'[\w-]*'(.*)$/.exec(value ?? '') ?? [];
  if (encoded === '' || /%(?![0-9a-f]{2})/i.test(encoded)) return null;
  const text = encoded.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  return /^(utf-8|iso-8859-1)$/i.test(charset) ? decode(charset, bytes) : null;
}

function decode(charset: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** A file or folder name that cannot deceive: isolated from the text around it, hidden characters shown, extension apart. */
import { Badge } from './badge.tsx';
import { isProgram } from './file-kind.ts';
import { plainName, visibleName, visibleParts } from './visible-name.ts';

export function Name({ name, folder = false }: { name: string; folder?: boolean }) {
  const { parts, extension } = folder ? { parts: visibleParts(name), extension: '' } : visibleName(name);
  return (
    <span class="name" title={plainName(name)}>
      <bdi class="name-stem">
        {parts.map((part) => (part.mark ? <span class="name-mark">{part.text}</span> : part.text))}
      </bdi>
      {extension !== '' && (
        <bdi class="name-extension">{isProgram(name) ? <Badge tone="warn">{extension}</Badge> : extension}</bdi>
      )}
    </span>
  );
}

/** Ways through the app: the path of folders, and the field that searches. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { Name } from './name.tsx';

export interface Crumb {
  readonly key: string;
  /** A folder's name; the root gives `label` instead. */
  readonly name: string;
  readonly href: string;
  readonly onGo: () => void;
}

export interface BreadcrumbsProps {
  label: string;
  root: string;
  crumbs: readonly Crumb[];
}

export function Breadcrumbs({ label, root, crumbs }: BreadcrumbsProps) {
  return (
    <nav class="crumbs" aria-label={label}>
      <ol>
        {crumbs.map((crumb, at) => {
          const name = at === 0 ? root : <Name name={crumb.name} folder />;
          return (
            <li key={crumb.key}>
              {at > 0 && <Icon name="right" />}
              {at === crumbs.length - 1 ? (
                <span class="crumb" aria-current="page">
                  {name}
                </span>
              ) : (
                <Anchor class="crumb" href={crumb.href} onGo={crumb.onGo}>
                  {name}
                </Anchor>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

export interface AnchorProps {
  href: string;
  onGo: () => void;
  class?: string;
  current?: boolean;
  children: ComponentChildren;
}

/** A real link that stays inside the app when pressed plainly; a new tab is still the browser's to open. */
export function Anchor({ href, onGo, class: name, current, children }: AnchorProps) {
  return (
    <a
      href={href}
      class={name}
      aria-current={current ? 'page' : undefined}
      onClick={(event) => {
        if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        onGo();
      }}
    >
      {children}
    </a>
  );
}

export interface SearchFieldProps {
  label: string;
  placeholder: string;
  clearLabel: string;
  value: string;
  onFocus: () => void;
  onInput: (value: string) => void;
  /** Arrow down: into the results. */
  onLeave: () => void;
}

/** The slash key jumps here from anywhere that is not a field. */
export function SearchField({ label, placeholder, clearLabel, value, onFocus, onInput, onLeave }: SearchFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  // Before it is painted: whoever sees the field may press the key.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      if (event.key !== '/' || event.ctrlKey || event.metaKey || target.matches('input, textarea, select')) return;
      if (document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <search class="search">
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        enterkeyhint="search"
        aria-label={label}
        placeholder={placeholder}
        value={value}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        maxLength={255}
        onFocus={onFocus}
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value !== '') onInput('');
          else if (event.key === 'ArrowDown') onLeave();
          else return;
          event.preventDefault();
        }}
      />
      {value !== '' && (
        <button
          type="button"
          class="search-clear"
          aria-label={clearLabel}
          onClick={() => {
            onInput('');
            field.current?.focus();
          }}
        >
          <Icon name="close" />
        </button>
      )}
    </search>
  );
}

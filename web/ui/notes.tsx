/** Things said in place: what is empty, what went wrong, what deserves attention. */
import type { ComponentChildren } from 'preact';
import { codeOf, type ErrorCode } from '../../shared/errors/index.ts';
import { Icon, type IconName } from './icons.tsx';
import { errors } from './messages/en-errors.ts';

export interface EmptyStateProps {
  icon: IconName;
  title: string;
  /** What to do next. */
  children: ComponentChildren;
  action?: ComponentChildren;
}

export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div class="empty">
      <span class="empty-sign">
        <Icon name={icon} />
      </span>
      <h2>{title}</h2>
      <p>{children}</p>
      {action !== undefined && <div class="empty-action">{action}</div>}
    </div>
  );
}

export interface ErrorNoteProps {
  /** Whatever was thrown, or a code. */
  error: unknown;
  action?: ComponentChildren;
  /** One line, for narrow places. */
  brief?: boolean;
}

/** What happened, what is safe, what to do; the code small, for whoever helps. Read out at once. */
export function ErrorNote({ error, action, brief = false }: ErrorNoteProps) {
  const code = typeof error === 'string' ? (error as ErrorCode) : codeOf(error);
  const [happened, safe, next] = errors[code] ?? errors.E_INTERNAL;
  return (
    <div class={`note note-bad${brief ? ' note-brief' : ''}`} role="alert">
      <Icon name="warning" />
      <div class="note-text">
        <strong>{happened}</strong>
        <p>
          {safe} {next}
        </p>
        <div class="note-foot">
          {action}
          <span class="note-code">{code}</span>
        </div>
      </div>
    </div>
  );
}

export interface BannerProps {
  tone: 'plain' | 'warn';
  title: string;
  children?: ComponentChildren;
  action?: ComponentChildren;
}

const SIGNS: Record<BannerProps['tone'], IconName> = { plain: 'info', warn: 'warning' };

export function Banner({ tone, title, children, action }: BannerProps) {
  return (
    <div class={`note note-${tone}`}>
      <Icon name={SIGNS[tone]} />
      <div class="note-text">
        <strong>{title}</strong>
        {children !== undefined && <p>{children}</p>}
        {action}
      </div>
    </div>
  );
}

/** Buttons. A busy button keeps the focus and ignores presses; an icon button always has a name. */
import type { ComponentChildren, Ref } from 'preact';
import { Icon, type IconName } from './icons.tsx';

export interface ButtonProps {
  children: ComponentChildren;
  onClick?: (event: MouseEvent) => void;
  kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  small?: boolean;
  wide?: boolean;
  icon?: IconName;
  type?: 'button' | 'submit';
  disabled?: boolean;
  busy?: boolean;
  /** Fuller name for those who do not see what stands around the button. */
  label?: string;
}

export function Button(props: ButtonProps) {
  const { kind = 'plain', busy = false, small = false, wide = false } = props;
  return (
    <button
      type={props.type ?? 'button'}
      class={`button button-${kind}${small ? ' button-small' : ''}${wide ? ' button-wide' : ''}`}
      disabled={props.disabled ?? false}
      aria-disabled={busy ? 'true' : undefined}
      aria-label={props.label}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else props.onClick?.(event);
      }}
    >
      {busy ? <span class="spinner" aria-hidden="true" /> : props.icon !== undefined && <Icon name={props.icon} />}
      <span>{props.children}</span>
    </button>
  );
}

export interface IconButtonProps {
  icon: IconName;
  label: string;
  onClick: (event: MouseEvent) => void;
  /** Out of the tab order: only where the same action has another way by keyboard. */
  pointerOnly?: boolean;
  disabled?: boolean;
  haspopup?: boolean;
  expanded?: boolean;
  buttonRef?: Ref<HTMLButtonElement>;
}

export function IconButton(props: IconButtonProps) {
  return (
    <button
      ref={props.buttonRef ?? null}
      type="button"
      class="icon-button"
      aria-label={props.label}
      title={props.label}
      disabled={props.disabled ?? false}
      tabIndex={props.pointerOnly ? -1 : undefined}
      aria-haspopup={props.haspopup ? 'menu' : undefined}
      aria-expanded={props.expanded}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}

/** A menu behind an icon button: arrow keys inside, Esc and a press elsewhere close it, the focus goes back. */
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from './button.tsx';
import { Icon, type IconName } from './icons.tsx';

export interface MenuItem {
  readonly label: string;
  readonly icon: IconName;
  readonly onSelect: () => void;
  readonly danger?: boolean;
}

const STEPS: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

export function Menu({ label, icon = 'more', items }: { label: string; icon?: IconName; items: readonly MenuItem[] }) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);

  useLayoutEffect(() => {
    const panel = list.current;
    if (!open || panel === null) return;
    place(panel, opener.current);
    panel.showPopover();
    entries(panel)[0]?.focus();
  }, [open]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (list.current === null || step === undefined) return;
    event.preventDefault();
    const all = entries(list.current);
    all[step(all.indexOf(document.activeElement as HTMLElement), all.length)]?.focus();
  };

  return (
    <span class="menu">
      <IconButton
        icon={icon}
        label={label}
        haspopup
        expanded={open}
        buttonRef={opener}
        onClick={() => setOpen(!open)}
      />
      <div
        ref={list}
        id={id}
        class="menu-list"
        role="menu"
        aria-label={label}
        popover="auto"
        tabIndex={-1}
        onKeyDown={onKeyDown}
        onToggle={(event) => event.newState === 'closed' && setOpen(false)}
      >
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            tabIndex={-1}
            class={`menu-item${item.danger ? ' menu-item-danger' : ''}`}
            onClick={() => {
              list.current?.hidePopover();
              item.onSelect();
            }}
          >
            <Icon name={item.icon} />
            {item.label}
          </button>
        ))}
      </div>
    </span>
  );
}

function entries(panel: HTMLElement): HTMLElement[] {
  return [...panel.querySelectorAll<HTMLElement>('[role=menuitem]')];
}

/** Below the button, its right edges in line, kept inside the window. */
function place(panel: HTMLElement, opener: HTMLElement | null): void {
  const box = opener?.getBoundingClientRect();
  if (box === undefined) return;
  panel.style.setProperty('top', `${Math.round(box.bottom + 4)}px`);
  panel.style.setProperty('right', `${Math.max(8, Math.round(document.documentElement.clientWidth - box.right))}px`);
}

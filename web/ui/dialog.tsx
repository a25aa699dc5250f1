/** A modal question: the browser's own dialog, which keeps the focus inside, closes on Esc and gives the focus back. */
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Button, IconButton } from './button.tsx';
import { app } from './messages/en.ts';

export interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  wide?: boolean;
  /** While what was asked for is under way the dialog stays: its answer is shown here. */
  busy?: boolean;
  /** A press beside it does not close it: what it shows is shown once. */
  firm?: boolean;
}

export function Dialog({ title, onClose, children, wide = false, busy = false, firm = false }: DialogProps) {
  const heading = useId();
  const frame = useRef<HTMLDialogElement>(null);
  const close = (): void => (busy ? undefined : onClose());
  useLayoutEffect(() => {
    const dialog = frame.current;
    dialog?.showModal();
    // closing before it leaves the page is what makes the browser return the focus
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={frame}
      class={`dialog${wide ? ' dialog-wide' : ''}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      // a browser lets the second of two Esc close a dialog that refused the first
      onKeyDown={(event) => busy && event.key === 'Escape' && event.preventDefault()}
      onPointerDown={(event) => !firm && event.target === event.currentTarget && close()}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={heading}>{title}</h2>
          <IconButton icon="close" label={app.close} disabled={busy} onClick={close} />
        </header>
        {children}
      </div>
    </dialog>
  );
}

export interface ConfirmProps {
  title: string;
  children: ComponentChildren;
  action: string;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be undone. The focus starts on the harmless answer. */
export function Confirm({ title, children, action, busy = false, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} busy={busy} onClose={onClose}>
      <div class="dialog-text">{children}</div>
      <footer class="dialog-actions">
        <Button disabled={busy} onClick={onClose}>
          {app.cancel}
        </Button>
        <Button kind="danger" busy={busy} onClick={onConfirm}>
          {action}
        </Button>
      </footer>
    </Dialog>
  );
}

/** Short news at the foot of the window, also read out. They go after a while and never ask for anything. */
import { Icon } from './icons.tsx';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly bad?: boolean;
}

export function Toasts({ toasts }: { toasts: readonly Toast[] }) {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <p key={toast.id} class="toast">
          <Icon name={toast.bad ? 'warning' : 'check'} />
          {toast.text}
        </p>
      ))}
    </div>
  );
}

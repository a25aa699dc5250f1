/** Starts the restore of a file, a version or a folder. The name is known before the plan, so the click is not lost. */
import type { RestoreSubject } from '../../session/index.ts';
import { useDesk } from '../desk.ts';

/** Call the returned function in the click itself. */
export function useRestore(): (subject: RestoreSubject, name: string) => void {
  const { api, board } = useDesk();
  return (subject, name) =>
    board.start({
      name,
      plan: () => api.planRestore(subject),
      run: (id, target) => api.restore(id, subject, target),
      cancel: (id) => api.cancelRestore(id),
    });
}

export const zipName = (folder: string): string => `${folder}.zip`;

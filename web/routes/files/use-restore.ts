/** Starts the restore of a file, a version or a folder. The name is known before the plan, so the click is not lost. */
import type { RestoreSubject } from '../../session/index.ts';
import { useDesk } from '../desk.ts';

export interface Restore {
  /** As one file: a folder becomes a ZIP. */
  readonly asFile: (subject: RestoreSubject, name: string) => void;
  /** The files themselves into a folder that the person picks; null where the browser gives none. Call in the click. */
  readonly intoFolder: ((subject: RestoreSubject, name: string) => void) | null;
}

export function useRestore(): Restore {
  const { api, board } = useDesk();
  const start = (subject: RestoreSubject, name: string, intoFolder: boolean): void =>
    board.start({
      name,
      intoFolder,
      plan: (id) => api.planRestore(id, subject),
      run: (id, target) => api.restore(id, target),
      resolveConflict: (id, rule) => api.resolveConflict(id, rule),
      cancel: (id) => api.cancelRestore(id),
    });
  return {
    asFile: (subject, name) => start(subject, name, false),
    intoFolder: board.canUseFolders ? (subject, name) => start(subject, name, true) : null,
  };
}

export const zipName = (folder: string): string => `${folder}.zip`;

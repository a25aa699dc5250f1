/** The view-model of a share link: is it whole, does it want a password, what does it hold. No DOM. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { codeOf } from '../../../shared/errors/index.ts';
import type { ShareApi, SharedView } from '../../session/index.ts';

export type ShareStage =
  | { readonly at: 'opening' }
  | { readonly at: 'password'; readonly busy: boolean; readonly error: unknown }
  | { readonly at: 'open'; readonly view: SharedView }
  | { readonly at: 'incomplete' }
  | { readonly at: 'failed'; readonly error: unknown };

export interface Share {
  readonly stage: ShareStage;
  readonly open: (password: string) => void;
  readonly retry: () => void;
}

export function useShare(api: ShareApi, fragment: string): Share {
  const [stage, setStage] = useState<ShareStage>({ at: 'opening' });

  const open = useCallback(
    (password: string) => {
      if (password !== '') setStage({ at: 'password', busy: true, error: null });
      api.open(password).then(
        (view) => setStage({ at: 'open', view }),
        (error: unknown) => {
          const again = password !== '' && codeOf(error) === 'E_LINK_PASSWORD';
          setStage(again ? { at: 'password', busy: false, error } : { at: 'failed', error });
        },
      );
    },
    [api],
  );
  const begin = useCallback(() => {
    setStage({ at: 'opening' });
    if (fragment === '') return setStage({ at: 'incomplete' });
    api.inspect(fragment).then(
      ({ needsPassword }) => (needsPassword ? setStage({ at: 'password', busy: false, error: null }) : open('')),
      (error: unknown) => setStage(codeOf(error) === 'E_LINK_GONE' ? { at: 'incomplete' } : { at: 'failed', error }),
    );
  }, [api, fragment, open]);
  useEffect(begin, [begin]);

  return { stage, open, retry: begin };
}

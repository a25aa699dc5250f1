/** The view-model of creating an account: three steps, and nothing on the server before the last. No DOM. */
import { useState } from 'preact/hooks';
import { codeOf } from '../../../shared/errors/index.ts';
import type { PendingSignUp, SessionStatus, VaultApi } from '../../session/index.ts';
import { type Action, useAction } from '../desk.ts';
import { type NewPassword, useNewPassword } from './new-password.tsx';

export type Answers = readonly [string, string, string];

export interface SignUp {
  readonly step: 1 | 2 | 3;
  readonly name: string;
  readonly setName: (name: string) => void;
  readonly nameTaken: boolean;
  readonly choice: NewPassword;
  /** A first try was made: what is missing may be said. */
  readonly tried: boolean;
  readonly pending: PendingSignUp | null;
  readonly answers: Answers;
  readonly setAnswer: (at: 0 | 1 | 2, word: string) => void;
  readonly begin: Action<[]>;
  readonly finish: Action<[]>;
  readonly toCheck: () => void;
  readonly toWords: () => void;
  readonly startOver: () => void;
}

const NO_ANSWERS: Answers = ['', '', ''];
const plain = (word: string): string => word.trim().toLowerCase();

export function useSignUp(api: VaultApi, onReady: (status: SessionStatus) => void): SignUp {
  const [step, setStep] = useState<1 | 2 | 3>(1);
  const [name, setName] = useState('');
  const [nameTaken, setNameTaken] = useState(false);
  const [tried, setTried] = useState(false);
  const [pending, setPending] = useState<PendingSignUp | null>(null);
  const [answers, setAnswers] = useState<Answers>(NO_ANSWERS);
  const choice = useNewPassword(api);

  const noticeTaken = (error: unknown): void => {
    if (codeOf(error) !== 'E_NAME_TAKEN') throw error;
    setNameTaken(true);
    setStep(1);
  };
  const begin = useAction(async () => {
    setTried(true);
    if (name.trim() === '' || !choice.acceptable) return;
    await api.beginSignUp(name.trim(), choice.password).then((words) => {
      setPending(words);
      setAnswers(NO_ANSWERS);
      setStep(2);
    }, noticeTaken);
  });
  const finish = useAction(async () => {
    const [first, second, third] = answers;
    await api.finishSignUp([plain(first), plain(second), plain(third)]).then(onReady, noticeTaken);
  });
  return {
    step,
    name,
    setName: (typed) => {
      setNameTaken(false);
      setName(typed);
    },
    nameTaken,
    choice,
    tried,
    pending,
    answers,
    setAnswer: (at, word) =>
      setAnswers(([first, second, third]) => [
        at === 0 ? word : first,
        at === 1 ? word : second,
        at === 2 ? word : third,
      ]),
    begin,
    finish,
    toCheck: () => setStep(3),
    toWords: () => {
      finish.clear();
      setStep(2);
    },
    startOver: () => {
      void api.cancelSignUp().catch(() => {});
      setPending(null);
      setStep(1);
    },
  };
}

/**
 * Which passwords are good enough. The server can always try to guess a password offline, so its strength is part of the
 * encryption: at least 15 characters and 50 estimated bits. May not: keep or send a password, or change what was typed
 * beyond its Unicode form.
 *
 * A password is the UTF-8 of the NFKC form of what was typed (crypto/password.ts makes the keys of it), so that the same
 * keys give the same bytes on every system. Nothing else is changed: no trimming, no folding of case, no joining of spaces.
 */
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

export const MIN_PASSWORD_CHARACTERS = 15;
export const MIN_PASSWORD_BITS = 50;
/** UTF-16 units that are looked at; the estimate of a longer password is that of its beginning, which bounds the time. */
const LOOKED_AT = 256;
/** Shorter pieces of a name are in many words by chance. */
const SHORTEST_CONTEXT = 3;

export interface PasswordEstimate {
  /** log2 of the guesses a good guesser needs. */
  readonly bits: number;
  readonly acceptable: boolean;
  /** What to do, in words for people; empty when the password is acceptable. */
  readonly advice: string;
}

const TOO_SHORT = `Use at least ${MIN_PASSWORD_CHARACTERS} characters. A few unrelated words are easy to remember.`;
const TOO_COMMON = 'This is close to a password that many people use.';
const REPEATS = 'Repeating the same letters or words adds little.';
const ADD_WORDS = 'Add words that have nothing to do with each other.';

/** What makes a password weak, by the estimator's name for it. */
const REASONS: Readonly<Record<string, string>> = {
  straightRow: 'Keys next to each other are easy to guess.',
  keyPattern: 'Keys next to each other are easy to guess.',
  simpleRepeat: REPEATS,
  extendedRepeat: REPEATS,
  sequences: 'Sequences such as “abc” or “6543” are easy to guess.',
  recentYears: 'Years and dates are easy to guess.',
  dates: 'Years and dates are easy to guess.',
  topTen: TOO_COMMON,
  topHundred: TOO_COMMON,
  common: TOO_COMMON,
  similarToCommon: TOO_COMMON,
  userInputs: 'Your own name or address is easy to guess.',
};

let estimator: ZxcvbnFactory | undefined;

/** Made at first use: ranking the word lists takes a while. */
function theEstimator(): ZxcvbnFactory {
  estimator ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: LOOKED_AT });
  return estimator;
}

/**
 * Judges a password as typed. Takes up to half a second for the longest ones.
 *
 * @param context what a guesser knows of this person: login name, e-mail address, server
 */
export function estimate(typed: string, context: readonly string[]): PasswordEstimate {
  const password = typed.normalize('NFKC');
  const { guesses, feedback } = theEstimator().check(password, contextWords(context));
  const bits = Math.log2(Math.min(guesses, Number.MAX_VALUE));
  if ([...password].length < MIN_PASSWORD_CHARACTERS) return { bits, acceptable: false, advice: TOO_SHORT };
  if (bits >= MIN_PASSWORD_BITS) return { bits, acceptable: true, advice: '' };
  const reason = REASONS[feedback.warning ?? ''];
  return { bits, acceptable: false, advice: reason === undefined ? ADD_WORDS : `${reason} ${ADD_WORDS}` };
}

/** The context's texts and the words in them. */
function contextWords(context: readonly string[]): string[] {
  const texts = context.map((text) => text.normalize('NFKC').slice(0, LOOKED_AT));
  const words = texts.flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)]);
  return [...new Set(words.filter((word) => word.length >= SHORTEST_CONTEXT))];
}

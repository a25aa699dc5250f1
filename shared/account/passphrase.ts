/**
 * Passwords that the program makes up: five words of a list of 7,776, each as likely as any other, 64.6 bits. Joined by
 * hyphens, which survive copying, the ends of lines and keyboards that "correct" spaces, and are seen when written down.
 * May not: be treated as anything but a password that was typed.
 */
import { dictionary } from '@zxcvbn-ts/language-common';
import type { Random } from '../async/index.ts';

const WORDS: readonly string[] = dictionary['diceware-common'];
const COUNT = 5;
/** The largest multiple of the list's length that two bytes reach; draws from here on would favour some words. */
const FAIR = 65_536 - (65_536 % WORDS.length);

/** Five random words, lower-case ASCII, joined by hyphens. */
export function generatePassphrase(random: Random): string {
  return Array.from({ length: COUNT }, () => randomWord(random)).join('-');
}

function randomWord(random: Random): string {
  for (;;) {
    const [high = 0, low = 0] = random.bytes(2);
    const draw = (high << 8) | low;
    if (draw < FAIR) return WORDS[draw % WORDS.length] as string;
  }
}

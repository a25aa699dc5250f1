/** Tells a sign-in page from the document that was asked for. Pure. */
import { isHtml, mediaType } from './naming.ts';

export interface Answer {
  readonly status: number;
  /** Address asked for, and the one that answered after redirects. */
  readonly asked: string;
  readonly answered: string;
  readonly contentType: string | null;
  /** The beginning of the body, when it is HTML. */
  readonly html: string;
}

/** Endings that are never HTML pages. */
const DOCUMENT =
  /\.(pdf|png|jpe?g|gif|webp|avif|svg|zip|gz|7z|docx?|xlsx?|pptx?|odt|ods|csv|txt|mp[34]|m4a|mov|epub)$/i;

/**
 * True when the site answered with its sign-in page: refused outright, HTML in place of an image or a document, or a
 * redirect to another path that asks for a password.
 */
export function isSignInPage(answer: Answer, expectsImage: boolean): boolean {
  if (answer.status === 401) return true;
  // An error page is an error, whatever it looks like.
  if (answer.status < 200 || answer.status > 299) return false;
  if (!isHtml(mediaType(answer.contentType))) return false;
  const asked = new URL(answer.asked);
  if (expectsImage || DOCUMENT.test(asked.pathname)) return true;
  const answered = new URL(answer.answered);
  const moved = asked.origin !== answered.origin || asked.pathname !== answered.pathname;
  return moved && asksForPassword(answer.html);
}

/** A tag is over at the next one, and no longer than this: who wrote the page must not choose how long we look at it. */
const INPUT = /<input\b[^<>]{0,2000}/gi;

/** An input of type password, or one that a password keeper is to fill. */
function asksForPassword(html: string): boolean {
  for (const [tag] of html.matchAll(INPUT)) {
    const words = tag.toLowerCase().split(/[\s"'=/]+/);
    if (words.includes('current-password')) return true;
    if (words.some((word, i) => word === 'password' && words[i - 1] === 'type')) return true;
  }
  return false;
}

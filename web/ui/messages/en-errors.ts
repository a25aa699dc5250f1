/** The plain text of every error code, in English. */
import type { ErrorCode } from '../../../shared/errors/index.ts';

/** What happened, what is safe, what to do. */
export type ErrorText = readonly [happened: string, safe: string, next: string];

const UNTOUCHED = 'Everything you backed up is untouched.';

export const errors: Record<ErrorCode, ErrorText> = {
  E_INPUT: ['Something in this form does not fit.', 'Nothing was changed.', 'Check what you typed and try again.'],
  E_PASSWORD_WEAK: [
    'This password is too easy to guess.',
    'Nothing was changed.',
    'Use at least 15 characters, or take the suggested words.',
  ],
  E_CREDENTIALS: [
    'The name or the password is not right.',
    UNTOUCHED,
    'Check both and try again, or use your recovery words.',
  ],
  E_RECOVERY_WORDS: [
    'These recovery words are not right.',
    UNTOUCHED,
    'Compare them with your sheet, letter by letter and in order.',
  ],
  E_NAME_TAKEN: ['Somebody already uses this name.', 'Nothing was created.', 'Choose another name.'],
  E_REGISTRATION_CLOSED: [
    'This server is not taking new accounts.',
    'Nothing was created.',
    'Ask whoever runs the server for an account.',
  ],
  E_INTEGRITY: [
    'The server sent something that is not what you stored.',
    'Nothing wrong was accepted or saved.',
    'Try again. If it stays, tell whoever runs the server: a stored piece may be damaged.',
  ],
  E_ROLLBACK: [
    'The server shows an older state than this device has already seen.',
    'Nothing was overwritten, here or there.',
    'Do not sign out. Tell whoever runs the server: it may have been restored from an old copy.',
  ],
  E_FORK: [
    'The server shows another history than the one this device knows.',
    'Nothing was overwritten, here or there.',
    'Do not sign out. Compare the state code with your other devices and tell whoever runs the server.',
  ],
  E_DOWNGRADE: [
    'The server offered a weaker kind of encryption than this account uses.',
    'It was refused, and nothing was sent.',
    'Tell whoever runs the server.',
  ],
  E_OTHER_SERVER: [
    'The server at this address is not the one you signed in to.',
    'Nothing was sent to it.',
    'Check the address. If it is right, ask whoever runs the server what changed.',
  ],
  E_PROTOCOL: [
    'The server gave an answer that makes no sense here.',
    UNTOUCHED,
    'Load the page again. If it stays, the server and this page may be of different versions.',
  ],
  E_OFFLINE: ['The server cannot be reached.', UNTOUCHED, 'Check your connection and try again.'],
  E_TIMEOUT: ['The server took too long to answer.', UNTOUCHED, 'Try again in a moment.'],
  E_UNAVAILABLE: ['The server is busy or being repaired.', UNTOUCHED, 'Try again in a few minutes.'],
  E_RATE: ['The server asked to slow down.', UNTOUCHED, 'Wait a minute, then try again.'],
  E_SERVER_FULL: [
    'The server has no space left.',
    UNTOUCHED,
    'Tell whoever runs it. Where you are signed in you can still restore.',
  ],
  E_QUOTA: [
    'Your space on the server is used up.',
    UNTOUCHED,
    'Ask whoever runs the server for more. Restoring still works.',
  ],
  E_SESSION: ['You were signed out.', UNTOUCHED, 'Sign in again to go on.'],
  E_FORBIDDEN: [
    'The server does not allow this.',
    'Nothing was changed.',
    'Sign in again, or ask whoever runs the server.',
  ],
  E_NOT_FOUND: ['This is no longer there.', 'Nothing was changed.', 'Go back and check for changes.'],
  E_HEAD_MOVED: ['Another device saved something at the same moment.', 'Nothing was lost.', 'Try again.'],
  E_PACKS_MISSING: [
    'The server has not kept all the pieces yet.',
    'What is on your computer is untouched.',
    'Try again. The missing pieces are sent once more.',
  ],
  E_OTHER_ACCOUNT: [
    'What waits here was chosen for another account.',
    'Nothing of it was sent.',
    'Open Backup in Holdfast and decide what becomes of it.',
  ],
  E_METERED: [
    'Your network is metered, and you chose to wait for another.',
    UNTOUCHED,
    'It goes on by itself on another network.',
  ],
  E_LOCKED: ['Your keys are locked.', UNTOUCHED, 'Sign in again to unlock them.'],
  E_SOURCE_PERMISSION: [
    'The browser wants to be asked again before it reads this.',
    UNTOUCHED,
    'Open Holdfast and allow reading.',
  ],
  E_SOURCE_GONE: [
    'The file is no longer where it was.',
    'Versions already backed up are kept.',
    'Choose the file again.',
  ],
  E_SOURCE_CHANGED: [
    'The file kept changing while it was read.',
    'Earlier versions are kept.',
    'Close the program that writes it, then try again.',
  ],
  E_SOURCE_UNREADABLE: [
    'The file cannot be read.',
    'Earlier versions are kept.',
    'Check that you may open it yourself.',
  ],
  E_CAPTURE_SIGN_IN: [
    'The site showed a sign-in page instead of the document.',
    'The sign-in page was not stored in its place.',
    'Sign in to the site and try again.',
  ],
  E_CAPTURE_FAILED: [
    'The site did not give the document.',
    'Nothing was stored in its place.',
    'Download it yourself and drop the file into Holdfast.',
  ],
  E_CAPTURE_ENDLESS: [
    'This does not seem to end, like a radio station or a live picture.',
    'Nothing was stored in its place.',
    'If it is a file, download it yourself and drop it into Holdfast.',
  ],
  E_LINK_GONE: [
    'This link does not work.',
    'It may have expired, been used up or been taken back. The page cannot tell which.',
    'Ask whoever sent it for a new one.',
  ],
  E_LINK_PASSWORD: [
    'The password is not right.',
    'Nothing was opened.',
    'Try again. Too many wrong tries lock the link.',
  ],
  E_LINK_LOCKED: [
    'This link is locked after too many wrong passwords.',
    'Nobody can open it now.',
    'Ask whoever sent it to open it again, or wait an hour.',
  ],
  E_DISK_FULL: [
    'There is not enough space on this device.',
    'Your backup is untouched, and nothing was left half written.',
    'Free some space and try again.',
  ],
  E_SINK_PERMISSION: [
    'The browser does not let Holdfast write there.',
    'Your backup is untouched, and no unfinished file has its final name.',
    'Try again, and allow changes when the browser asks; or choose another folder.',
  ],
  E_CANCELLED: ['Cancelled.', 'Nothing was changed.', 'You can start again at any time.'],
  E_INTERNAL: [
    'Holdfast made a mistake.',
    UNTOUCHED,
    'Load the page again. If it happens again, please report it with the code below.',
  ],
};

/**
 * Every sentence the extension itself shows: popup, Backup screen, badge, notifications. Error texts come from the shared
 * catalogue of web/ui. A second language is a second file of the same shape.
 */
import { formatAge, formatBytes, formatCount } from '../../../web/ui/format.ts';
import { plainName } from '../../../web/ui/visible-name.ts';

const plural = (count: number, one: string, many: string): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;
const files = (count: number): string => plural(count, 'file', 'files');
const folders = (count: number): string => plural(count, 'folder', 'folders');

/** 3 files and 1 folder. */
const chosen = (fileCount: number, folderCount: number): string =>
  [fileCount > 0 && files(fileCount), folderCount > 0 && folders(folderCount)].filter(Boolean).join(' and ');

/** Of another account. */
const chosenBy = (fileCount: number, folderCount: number, owner: string): string =>
  `${chosen(fileCount, folderCount) || 'Something'} ${fileCount + folderCount > 1 ? 'were' : 'was'} chosen while ${plainName(owner)} was signed in here.`;

/** What was dropped: a folder, or a file and so many others. */
type Dropped = readonly { readonly name: string; readonly others: number }[];

/** “Photos”, or “Photos” and 2 others. */
const dropped = (all: Dropped): string => {
  const name = `“${plainName(all[0]?.name ?? '')}”`;
  const others = all.reduce((sum, each) => sum + 1 + each.others, -1);
  return others === 0 ? name : `${name} and ${plural(others, 'other', 'others')}`;
};

/** `count` null while it is not known, 0 when the newest versions of all files are whole. */
const damaged = (count: number | null): string => {
  if (count === null) return 'Some files may not come back whole.';
  if (count === 0) return 'Older versions, or files that were deleted, may not come back whole.';
  return `${files(count)} may not come back whole.`;
};

/** The one line of truth: what counts, and what more there is to say. */
export const truth = {
  empty: ['Nothing is backed up yet', 'Choose files, or save a page.'],
  signIn: ['Not signed in', 'Sign in to start backing up.'],
  safe: (provenAt: number, readAt: number | null, now: number) => [
    'Everything is safe',
    `Proven ${formatAge(provenAt, now)}${readAt === null ? '' : `, last read back ${formatAge(readAt, now)}`}`,
  ],
  damaged: (count: number | null) => ['The server has lost something', damaged(count)],
  working: (done: number, all: number) => ['Backing up', `${formatCount(done)} of ${files(all)} safe`],
  reading: (unchanged: number) => [
    'Looking through your folder',
    unchanged === 0 ? 'Files are added as they are found.' : `${files(unchanged)} safe already`,
  ],
  proving: (count: number) => ['Almost done', `Checking ${files(count)} on the server`],
  paused: (count: number) => ['Paused', `${files(count)} waiting`],
  stopped: {
    signIn: ['Stopped', 'Sign in to go on.'],
    server: ['Stopped', 'The server is not as it should be.'],
    quota: ['Stopped', 'Your space on the server is used up.'],
    full: ['Stopped', 'The server has no space left.'],
    disk: ['Stopped', 'This device has no space left.'],
    open: ['Stopped', 'Open Holdfast to go on.'],
  },
  stranger: (fileCount: number, folderCount: number, owner: string) => [
    'Waiting for you',
    chosenBy(fileCount, folderCount, owner),
  ],
  permission: (fileCount: number, folderCount: number) => [
    'Waiting for you',
    `${chosen(fileCount, folderCount)} ${fileCount + folderCount === 1 ? 'needs' : 'need'} your permission to be read`,
  ],
  waiting: (open: number, all: number, why: string) => [`${formatCount(open)} of ${files(all)} waiting`, why],
  why: {
    offline: 'The server cannot be reached.',
    rate: 'The server asked to slow down.',
    metered: 'The network is metered.',
    internal: 'Something went wrong in Holdfast itself. It tries again.',
  },
  cutShort: (all: Dropped) => ['Some files may be missing', `Drop ${dropped(all)} once more.`],
  failed: (count: number) => [`${files(count)} could not be backed up`, 'Everything else is safe.'],
} as const;

export const popup = {
  back: 'Back up files…',
  page: 'Save this page',
  download: 'Save a download…',
  open: 'Open Holdfast',
  decide: 'Decide in Holdfast',
  signIn: 'Sign in',
  recent: 'Recent',
  none: 'Files you back up will be listed here.',
  pageSaved: 'This page is in your backup queue.',
  pageAsked: 'Allow Holdfast to read this site, and the page will be saved.',
  pageNever: 'The browser does not let extensions read this page.',
  downloads: 'Finished downloads',
  downloadsHint: 'Holdfast fetches the file once more from where it came, and keeps it only if it is the same length.',
  downloadsNone: 'The browser has no finished downloads in its list.',
  downloadSave: (name: string) => `Save ${name}`,
  downloadSaved: (name: string) => `${name} is in your backup queue.`,
  downloadGone: 'This file was made by a page and has no address any more. Open Holdfast and drop the file there.',
  return: 'Back',
  save: 'Save',
};

export const backup = {
  title: 'Backup',
  lead: 'What you choose here is encrypted on this device and then sent.',
  dropTitle: 'Drop files or folders here',
  dropHint: 'or choose them yourself',
  dropNow: 'Let go to back them up',
  pickFiles: 'Choose files',
  pickFolder: 'Choose a folder',
  adding: 'Looking through what you chose. Keep this page open until that is done.',
  pickerHint:
    'The folder chooser skips a few names, such as “CON” or “notes.” with a dot at its end. Dropping a folder takes them all.',
  progress: 'Backup progress',
  pause: 'Pause',
  resume: 'Resume',
  cancelAll: 'Clear all',
  cancelTitle: 'Clear everything that is not safe yet?',
  cancelText: 'It is taken off this list and not backed up. Files that are safe already stay in your backup.',
  retryAll: 'Try all again',
  emptyTitle: 'Nothing is waiting',
  emptyHint: 'Drop files or folders above. You can also right-click a link, an image or a page anywhere on the web.',
  filter: 'Show',
  filters: { all: 'Recent', open: 'In progress', failed: 'Problems', done: 'Done' },
  noneOpen: 'Nothing is in progress.',
  noneFailed: 'No problems. Whatever cannot be backed up would be listed here, by name.',
  noneDone: 'Nothing is finished yet.',
  list: 'Backup queue',
  more: (count: number) => `The newest ${formatCount(count)} are shown.`,
  unchanged: (count: number) => `${files(count)} had not changed and ${count === 1 ? 'was' : 'were'} safe already.`,
  walking: (count: number) => `Looking through ${folders(count)}…`,
  allowTitle: 'Your browser wants your permission',
  allowText: 'Nothing is lost: these wait until you allow them. Permission for files ends when the browser is closed.',
  allow: (name: string) => `Allow ${name}`,
  allowSite: (host: string) => `Allow reading ${host}`,
  keepOpen:
    'Keep this page open until everything is safe: your browser lets Holdfast read these files only while it is open.',
  cutShortTitle: (all: Dropped) => `Drop ${dropped(all)} once more`,
  cutShortText:
    'Before Holdfast had looked through all of it, the page was closed or something went wrong. Some files may be missing until then. What is safe already is not sent again.',
  cutShortForget: 'Leave it as it is',
  strangerTitle: chosenBy,
  strangerText: (owner: string) =>
    `Nothing is backed up until you decide. Not yours? Sign out, and it waits for ${plainName(owner)}.`,
  takeOver: (count: number, name: string) => `Back ${count > 1 ? 'them' : 'it'} up to ${plainName(name)}`,
  discard: (count: number) => (count > 1 ? 'Remove them' : 'Remove it'),
  discardTitle: (owner: string) => `Remove what was chosen for ${plainName(owner)}?`,
  discardText:
    'It is taken off this list and not backed up. Files and folders stay where they are on this device; pages and links that were saved from the web are gone.',
  limits: 'Upload speed',
  uploadLimit: 'Send at most',
  noLimit: 'No limit',
  limitOf: (rate: string) => `Up to ${rate}`,
  waitOnMetered: 'Wait while the network is metered',
  damagedTitle: 'The server does not give back what it was given',
  damagedText: (count: number | null) =>
    count === 0
      ? `${damaged(count)} If you still have them as they were, back them up again. Otherwise whoever runs the server has to put the lost packs back from a copy. Holdfast looks every day it is open.`
      : `${damaged(count)} Back them up again: drop them, or the folders they were in, on this page. What the server has lost is sent once more, everything else is left as it is, and this note goes when all of it was read back. The details of a file say whether it is one of them. What you no longer have can only come back from a copy that whoever runs the server puts back.`,
  tryNow: 'Try now',
  retryAt: (seconds: string) => `Next try in about ${seconds}.`,
};

/** What an item's state is called, and what it means. */
export const item = {
  files,
  captured: 'Fetching',
  queued: 'Waiting its turn',
  claimed: 'Starting',
  reading: (done: number, size: number) => `Encrypting · ${formatBytes(done)} of ${formatBytes(size)}`,
  committing: 'Sending',
  committed: 'Sent · being checked',
  proven: 'Safe',
  cancelled: 'Cancelled',
  failed: 'Not backed up',
  waiting: {
    offline: 'Waiting · offline',
    rate: 'Waiting · the server asked to slow down',
    quota: 'Waiting · no space left',
    auth: 'Waiting · sign in',
    locked: 'Waiting · sign in',
    permission: 'Waiting for permission',
    metered: 'Waiting · metered network',
  },
  retry: 'Try again',
  retryOf: (name: string) => `Try ${name} again`,
  cancelOf: (name: string) => `Cancel ${name}`,
  dismissOf: (name: string) => `Remove ${name} from this list`,
  dismiss: 'Remove',
  give: 'Choose the file instead',
  giveHint: 'If you have the file on this device, drop it on this line or choose it.',
  from: (host: string) => `from ${host}`,
};

export const notice = {
  title: 'Holdfast',
  done: (count: number, bytes: number) => `${files(count)} (${formatBytes(bytes)}) safe and checked.`,
  unchanged: (count: number) => `${files(count)} safe already: nothing had changed.`,
  failed: (count: number) => `${files(count)} could not be backed up. Nothing else is affected. Open to see which.`,
  cutShort: (all: Dropped) => `Some files may be missing. Open Holdfast and drop ${dropped(all)} once more.`,
  damaged: (count: number | null) =>
    `The server has lost or changed something. ${damaged(count)} Keep the originals and open Holdfast: backing them up again mends it.`,
  auth: 'Backing up has stopped. Open Holdfast to see what to do. Nothing is lost.',
  quota: 'Backing up has stopped: there is no space left. What is safe stays safe.',
  fault: (code: string) =>
    code === 'E_DISK_FULL'
      ? 'Backing up has stopped: this device has no space left. Nothing is lost, and it goes on by itself once there is some.'
      : 'Something went wrong in Holdfast itself. Nothing is lost, and it tries again.',
  permission: 'Holdfast needs your permission to read what you chose. Open to allow it.',
  unsaved: (code: string) =>
    code === 'E_DISK_FULL'
      ? 'This was not saved: this device has no space left.'
      : code === 'E_OTHER_ACCOUNT'
        ? 'This was not saved: open Holdfast and decide first what becomes of what waits there.'
        : 'This was not saved: something went wrong in Holdfast itself. Please try again.',
  uncatchable: 'This cannot be saved: it is not an address on the web.',
};

/** What the popup is handed: the queue's live view, and everything that is done outside it. */
import type { FinishedDownload } from '../../capture/index.ts';
import type { Send } from '../../messaging/index.ts';
import type { FrontTab } from '../../platform/index.ts';
import type { QueueView } from '../../queue/view.ts';

export interface PopupPorts {
  readonly view: QueueView;
  readonly send: Send;
  readonly openPage: (screen: 'backup' | 'files') => Promise<void>;
  readonly frontTab: () => Promise<FrontTab | null>;
  readonly requestSite: (pattern: string) => Promise<boolean>;
  readonly requestDownloads: () => Promise<boolean>;
  readonly finishedDownloads: (limit: number) => Promise<readonly FinishedDownload[]>;
  readonly close: () => void;
}

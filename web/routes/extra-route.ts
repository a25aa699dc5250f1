/** A screen that another delivery of the app adds, as the extension does with Backup. */
import type { ComponentType } from 'preact';
import type { IconName } from '../ui/index.ts';

/** A screen that the composition adds. The first one is the home screen. */
export interface ExtraRoute {
  /** First part of its path. */
  readonly id: string;
  readonly label: string;
  readonly icon: IconName;
  readonly screen: ComponentType;
}

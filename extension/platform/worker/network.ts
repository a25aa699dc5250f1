/** What the browser says of the network; the library's types leave it out, and some browsers say nothing. */
interface NetworkInformation extends EventTarget {
  readonly saveData?: boolean;
  readonly type?: string;
}

const { connection } = navigator as { connection?: NetworkInformation };

export const knowsMetered = connection !== undefined;

/** True when it is known to cost: by mobile radio, or the person asked the browser to save data. */
export function isMetered(): boolean {
  return connection?.saveData === true || connection?.type === 'cellular';
}

export function onNetworkChange(listener: () => void): void {
  connection?.addEventListener('change', listener);
}

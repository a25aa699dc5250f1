/** Has the day's stretch of audits begin now, as the alarm does when its time has come. Runs in a page of the extension. */
export async function beginAudit(): Promise<void> {
  const opening = indexedDB.open('holdfast-queue');
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const settings = db.transaction('settings', 'readwrite').objectStore('settings');
  const value = { dueAt: 0, day: 0, packs: 0, provenAt: null, damaged: null };
  await new Promise((resolve) => {
    const reading = settings.get('audit');
    reading.onsuccess = () => {
      settings.put({ name: 'audit', value: { ...value, ...reading.result?.value, day: 0, dueAt: 0 } }).onsuccess =
        resolve;
    };
  });
  db.close();
  const { chrome } = globalThis as unknown as { chrome: { runtime: { sendMessage(said: unknown): Promise<null> } } };
  await chrome.runtime.sendMessage({ holdfast: 1, to: 'background', message: { type: 'wake' } });
}

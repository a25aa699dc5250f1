/** Sending alone, from one worker of Chromium to a server on the same machine. */
import { join } from 'node:path';
import { removeFolder } from '../support/folders.ts';
import type { Sending } from './pages/send-ours.ts';
import { openAccount } from './rig/account.ts';
import type { Bench } from './rig/bench.ts';
import { npmPeers } from './rig/peers.ts';
import { startScript } from './rig/scripts.ts';
import { openWorkbench } from './rig/workbench.ts';

export const bench: Bench = {
  name: 'transport',
  work: 'Uploads incompressible bytes from memory in one worker of Chromium over loopback, four requests at a time.',
  peer: 'tus-js-client with @tus/server and its file store',
  differs: [
    'Ours sends packs of 4 MiB, a request each; theirs four files, each in one request after the one that announces it.',
    'Our server hashes every pack, syncs it and its directory and commits it before it answers; theirs does none of that.',
    'Both pages may call other origins without asking first, as an extension may.',
  ],
  unit: 'MB/s',
  better: 'more',
  reach: [{ timesPeer: true, atLeast: 1 }],
  open: async ({ quick, folder }) => {
    const [peers, uploads] = [await npmPeers(), join(folder, 'tus')];
    const workbench = await openWorkbench(['send-ours', 'send-tus'], peers, ['--disable-web-security']);
    const { server, person } = await openAccount();
    const tus = await startScript('tus-server', peers, uploads);
    const mebibytes = quick ? 32 : 384;
    const send = async (page: string, address: string) => {
      const input = { address, mebibytes, token: person.token, vault: person.vault };
      return { figure: (await workbench.run<Sending>(page, input)).mbPerSecond };
    };
    return {
      ours: () => send('send-ours', server.app),
      peer: () => send('send-tus', tus.address),
      close: async () => {
        tus.end();
        await workbench.close();
        await server.dispose();
        await removeFolder(uploads);
      },
    };
  },
};

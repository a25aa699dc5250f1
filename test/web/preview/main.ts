/** `node test/web/preview/main.ts`: builds the preview and serves it until it is ended. */
import { join } from 'node:path';
import { at } from '../../../.ci/project.ts';
import { buildPreview } from './build.ts';
import { servePreview } from './server.ts';

const folder = at('.cache/preview');
await buildPreview(folder, ['web', 'share']);
const app = await servePreview(join(folder, 'web'), 28_787);
const share = await servePreview(join(folder, 'share'), 28_788);
console.log(`app   ${app.url}\nshare ${share.url}/s#file`);

/** `npm start`: builds what is stale, starts the server, says where to go. Ctrl-C stops it in good order. */
import { buildIfStale } from './build.ts';
import { at } from './project.ts';
import { startServer } from './server.ts';

await buildIfStale();
try {
  const server = await startServer();
  console.log(`
Holdfast is running.

  App          ${server.app}
  Share links  ${server.share}

The extension:
  Chromium  chrome://extensions → Developer mode → Load unpacked → ${at('dist/chrome')}
  Firefox   about:debugging#/runtime/this-firefox → Load Temporary Add-on… → ${at('dist/firefox/manifest.json')}
  Then open it from the toolbar and give it the address ${server.app}
  Or: npm run browser, for a Chromium with all of that done.

Ctrl-C stops the server.
`);
  process.exitCode = await server.ended;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

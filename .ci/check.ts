/** `npm run check`: draws every net, one line each, and shows what a net caught. */
import { NETS, type Net } from './nets.ts';
import { at, filesUnder } from './project.ts';
import { runSuite } from './suite.ts';

/** Where in the test the law was found broken helps nobody. */
const STACK = /^ +at .*\n?/gm;

const law: Net = {
  name: 'import law',
  draw: async () => {
    const files = (await filesUnder(at('test/law'))).filter((path) => path.endsWith('.test.ts'));
    const { passed, failures } = await runSuite({ files, concurrency: 1, timeout: 60_000, onFile: () => undefined });
    return {
      ok: passed > 0 && failures.length === 0,
      output: failures.map(({ text }) => text.replace(STACK, '')).join('\n'),
    };
  },
};

let caught = 0;
for (const net of [...NETS, law]) {
  const started = Date.now();
  const { ok, output } = await net.draw();
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${net.name}  ${((Date.now() - started) / 1000).toFixed(1)} s`);
  if (!ok) console.log(`${output.trim().replace(/^/gm, '      ')}\n`);
  if (!ok) caught += 1;
}
console.log(caught === 0 ? 'all nets clean' : `${caught} of ${NETS.length + 1} nets caught something`);
process.exitCode = caught === 0 ? 0 : 1;

import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { openDataDirectory } from '../../server/data-directory.ts';
import { StartError } from '../../server/start-error.ts';
import { packsPath, packsReadPath, ROUTES } from '../../shared/protocol/index.ts';
import { until } from '../support/waiting.ts';
import { bench } from './support/bench.ts';
import { Child } from './support/child.ts';
import { Person, pack } from './support/person.ts';

describe('the data directory', () => {
  let root: string;
  let data: string;
  let secretsPath: string;
  let secrets: string;

  const open = async () => (await openDataDirectory({ dataDirectory: data, reserveBytes: 0 })).close();
  const refused = (message: RegExp) =>
    assert.rejects(open(), (error) => error instanceof StartError && message.test(error.message));

  before(async () => {
    const server = await bench();
    root = server.root;
    data = join(root, 'data');
    secretsPath = join(data, 'secrets.json');
    const person = await Person.registered(server);
    await person.put(pack().bytes);
    secrets = await readFile(secretsPath, 'utf8');
    await Promise.all([server.app.close(), server.share.close()]);
    await server.data.close();
  });
  beforeEach(async () => {
    await writeFile(secretsPath, secrets);
    await chmod(secretsPath, 0o600);
  });
  after(() => rm(root, { recursive: true }));

  it('is made private, with secrets that only the owner reads', async () => {
    const fresh = await mkdtemp(join(tmpdir(), 'holdfast-fresh-'));
    const directory = { dataDirectory: join(fresh, 'deep', 'data'), reserveBytes: 0 };
    const first = await openDataDirectory(directory);
    assert.equal((await stat(directory.dataDirectory)).mode & 0o777, 0o700);
    assert.equal((await stat(join(directory.dataDirectory, 'secrets.json'))).mode & 0o777, 0o600);
    await first.close();
    const second = await openDataDirectory(directory);
    assert.deepEqual(second.secrets, first.secrets, 'and they stay');
    await second.close();
    await rm(fresh, { recursive: true });
  });

  it('opens again with its own secrets', () => open());

  it('refuses to start without the secrets of its accounts', async () => {
    await rename(secretsPath, `${secretsPath}.kept`);
    await refused(/secrets\.json is missing, and the database has accounts.*backup/);
    await rename(`${secretsPath}.kept`, secretsPath);
    await open();
  });

  it('refuses secrets that are empty, short, damaged or of another server', async () => {
    const whole = JSON.parse(secrets) as Record<string, string>;
    const broken: Record<string, unknown> = {
      empty: '',
      'an empty object': {},
      'not an object': [],
      null: null,
      'cut off': secrets.slice(0, 100),
      'a short key': { ...whole, nameKey: 'c2hvcnQ' },
      'an empty key': { ...whole, nameKey: '' },
      'a key of zeros': { ...whole, nameKey: 'A'.repeat(43) },
      'a number for a key': { ...whole, nameKey: 1 },
      'a short id': { ...whole, serverId: '00' },
      'an id of zeros': { ...whole, serverId: '0'.repeat(32) },
      'a setup that is none': { ...whole, opaqueServerSetup: 'A'.repeat(171) },
      'a short setup': { ...whole, opaqueServerSetup: whole.opaqueServerSetup?.slice(1) },
    };
    for (const [why, content] of Object.entries(broken)) {
      await writeFile(secretsPath, typeof content === 'string' ? content : JSON.stringify(content));
      await assert.rejects(open(), /damaged or too short/, why);
    }
    const other = { ...whole, serverId: 'f'.repeat(32) };
    await writeFile(secretsPath, JSON.stringify(other));
    await refused(/does not belong to this database/);
  });

  it('refuses secrets that others may read, and says how to mend it', async () => {
    for (const mode of [0o640, 0o604, 0o666]) {
      await chmod(secretsPath, mode);
      await refused(/chmod 600/);
    }
  });

  it('refuses to start when the disk with the packs is not there', async () => {
    await rename(join(data, 'packs'), join(data, 'packs.kept'));
    await refused(/packs holds none.*mounted/);
    await rm(join(data, 'packs'), { recursive: true });
    await rename(join(data, 'packs.kept'), join(data, 'packs'));
    await open();
  });

  it('refuses to make a new database for packs that are there', async () => {
    const path = join(data, 'holdfast.db');
    await rename(path, `${path}.kept`);
    for (const _ of [1, 2]) await refused(/There are packs in .* but no account in .*holdfast\.db.*backup/);
    await rename(`${path}.kept`, path);
    await open();
  });

  it('refuses a damaged database', async () => {
    const path = join(data, 'holdfast.db');
    const whole = await readFile(path);
    await writeFile(path, Buffer.concat([Buffer.from('not a database'), whole.subarray(14)]));
    await refused(/cannot be opened/);
    await writeFile(path, whole);
    await open();
  });

  it('is used by one server at a time', async () => {
    const first = await openDataDirectory({ dataDirectory: data, reserveBytes: 0 });
    const second = await Child.ended({ HOLDFAST_DATA: data });
    assert.equal(second.code, 1);
    assert.match(second.output, /Another server uses the data directory/);
    await first.close();
  });
});

describe('the process', () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-process-'));
  });
  after(() => rm(root, { recursive: true }));

  it('says where it listens, and what is not built', async () => {
    const child = await Child.listening({ HOLDFAST_DATA: join(root, 'a') });
    assert.equal((await child.ask('GET', ROUTES.health)).status, 200);
    const share = await fetch(child.share + ROUTES.health);
    assert.equal(share.status, 200);
    await share.arrayBuffer();
    const { code, output } = await child.end('SIGTERM');
    assert.equal(code, 0);
    assert.match(output, /the web app is not built/);
  });

  it('ends with a reason and not with zero when it cannot start', async () => {
    const wrong = await Child.ended({ HOLDFAST_PORT: 'x', HOLDFAST_DATA: join(root, 'b') });
    assert.equal(wrong.code, 1);
    assert.match(wrong.output, /^holdfast: HOLDFAST_PORT is "x"/);
    const open = await Child.ended({ HOLDFAST_HOST: '0.0.0.0', HOLDFAST_DATA: join(root, 'b') });
    assert.equal(open.code, 1);
    assert.match(open.output, /plain HTTP/);
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => taken.once('listening', done));
    const { port } = taken.address() as AddressInfo;
    const busy = await Child.ended({ HOLDFAST_PORT: `${port}`, HOLDFAST_DATA: join(root, 'b') });
    taken.close();
    assert.equal(busy.code, 1);
    assert.match(busy.output, new RegExp(`Nothing can listen on 127.0.0.1 port ${port}`));
  });

  it('finishes what is in flight when it is told to stop, and takes nothing new', async () => {
    const child = await Child.listening({ HOLDFAST_DATA: join(root, 'c') });
    const person = await Person.registered(child);
    const { id, bytes } = pack(1_048_576);
    const { port } = new URL(child.app);
    const socket = connect(Number(port), '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
    });
    const head = [
      `POST ${packsPath(person.vault)} HTTP/1.1`,
      `X-EBK-Pack: ${id}`,
      'Host: 127.0.0.1',
      `Authorization: Bearer ${person.token}`,
      'X-EBK: 1',
      'Content-Length: 1048576',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    socket.write(bytes.subarray(0, 500_000));
    const incoming = join(root, 'c', 'packs', 'incoming');
    await until('the upload to begin', async () => (await readdir(incoming)).length > 0);
    const ended = child.end('SIGTERM');
    const refused = () =>
      fetch(child.app + ROUTES.server).then(
        () => false,
        () => true,
      );
    await until('nothing new to be taken', refused);
    socket.write(bytes.subarray(500_000));
    assert.equal((await ended).code, 0);
    assert.match(answer, /^HTTP\/1.1 200 /);
    const again = await Child.listening({ HOLDFAST_DATA: join(root, 'c') });
    const stored = await again.ask('POST', packsReadPath(person.vault), { json: { pack: id }, headers: person.bearer });
    assert.ok(stored.bytes.equals(bytes));
    await again.end('SIGINT');
  });
});

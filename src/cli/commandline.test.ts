/** The program as a user starts it: bin/ringfence.js in a process of its own. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ROOT } from '../../test/peers.ts';

const BIN = join(ROOT, 'bin', 'ringfence.js');
const SAMPLE = join(ROOT, 'samples', 'attack-day.pcap');
const folder = mkdtempSync(join(tmpdir(), 'ringfence-cli-'));
after(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function ringfence(args: readonly string[], options: { node?: string; cwd?: string; input?: Buffer } = {}): Outcome {
  const { node = process.execPath, ...rest } = options;
  const { status, stdout, stderr } = spawnSync(node, [BIN, ...args], { maxBuffer: 1 << 26, ...rest });
  return { code: status, out: String(stdout), err: String(stderr) };
}

test('--help and --version load no command', () => {
  const trace = join(folder, 'trace.mjs');
  // Says at exit which modules of src/ were loaded.
  const text = `import { registerHooks } from 'node:module';
    const seen = [];
    registerHooks({ load(url, context, next) { seen.push(url); return next(url, context); } });
    process.on('exit', () => process.stderr.write(seen.filter((u) => u.includes('/src/')).map((u) => u.split('/src/')[1]).sort().join(' ')));`;
  writeFileSync(trace, text);
  for (const flag of ['--help', '--version']) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', trace, BIN, flag], { encoding: 'utf8' });
    assert.equal(status, 0);
    assert.match(stdout, flag === '--help' ? /analyze .*\n.*explain/ : /^\d+\.\d+\.\d+\n$/);
    assert.equal(stderr, 'errors.ts main.ts packageroot.ts version.ts');
  }
});

test('wrong words get the nearest right one and exit code 64', () => {
  for (const [args, says] of [
    [['analyse', 'x'], /unknown command 'analyse'\n\(Did you mean analyze\?\)/],
    [['analyze', '--jsn', 'x'], /unknown option '--jsn'\n\(Did you mean --json\?\)/],
    [['analyze'], /name captures to read, or logs with --log/],
    [['analyze', '--profile', 'x', SAMPLE], /Allowed choices are default, paper, 002, nemea/],
    [['explain', SAMPLE, '--packet', 'one'], /--packet wants a frame number/],
    [['explain', SAMPLE, '--packet', '0'], /--packet wants a frame number/],
    [['explain', SAMPLE], /--packet NUMBER or --call-id ID/],
    [['explain', SAMPLE, '--packet', '1', '--call-id', 'x'], /cannot be used with/],
    [['explain', SAMPLE, '--packet', '5000'], /no frame 5000: there are 1034 frames/],
    [['explain', SAMPLE, '--call-id', 'nobody'], /no message has this Call-ID/],
    [['analyze', '--config', 'gone.yaml', SAMPLE], /gone\.yaml: cannot be read/],
    [['analyze', '--rules', 'gone', SAMPLE], /gone: there is no such rule file or folder/],
    [[], /Usage: ringfence/],
  ] as const) {
    const { code, out, err } = ringfence(args);
    assert.deepEqual([code, out], [64, ''], args.join(' '));
    assert.match(err, says);
  }
});

test('the report of the sample says that they got in, from any working directory, under any Node', () => {
  const { code, out, err } = ringfence(['analyze', SAMPLE], { cwd: folder });
  assert.deepEqual([code, err], [1, '']);
  assert.match(out, /^An attacker got in: 10\.99\.0\.100 guessed the password of 1003@bench\.invalid\.\n/);
  const old = ['/usr/bin/node', '/usr/local/bin/node'].find((node) => existsSync(node));
  if (old !== undefined) assert.deepEqual(ringfence(['analyze', SAMPLE], { node: old }), { code, out, err });
});

test('several files are one recording; standard input is a file like any other', () => {
  const bytes = readFileSync(SAMPLE);
  const split = 24 + wholeRecords(bytes, 24, 300_000);
  const parts = [bytes.subarray(0, split), Buffer.concat([bytes.subarray(0, 24), bytes.subarray(split)])];
  const names = parts.map((part, i) => {
    const name = join(folder, `part${i}.pcap`);
    writeFileSync(name, part);
    return name;
  });
  const whole = JSON.parse(ringfence(['analyze', '--json', SAMPLE]).out);
  const two = JSON.parse(ringfence(['analyze', '--json', ...names]).out);
  const mixed = JSON.parse(ringfence(['analyze', '--json', names[0]!, '-'], { input: parts[1]! }).out);
  for (const each of [two, mixed]) {
    assert.deepEqual(each.counts, whole.counts);
    assert.deepEqual(withoutPlaces(each.alerts), withoutPlaces(whole.alerts));
    assert.deepEqual([each.input.files.length, each.input.packets, each.input.bytes], [2, whole.input.packets, whole.input.bytes]);
  }
});

/** Bytes of the whole records from `start` that end before `most`. */
function wholeRecords(bytes: Buffer, start: number, most: number): number {
  let at = start;
  for (;;) {
    const next = at + 16 + bytes.readUInt32LE(at + 8);
    if (next > most) return at - start;
    at = next;
  }
}

function withoutPlaces(alerts: readonly { evidence: unknown; proof?: unknown }[]): unknown {
  return alerts.map(({ evidence: _, proof, ...rest }) => ({ ...rest, proven: proof !== undefined }));
}

test('a missing file is said clearly, the others are read', () => {
  const gone = join(folder, 'gone.pcap');
  const text = ringfence(['analyze', gone, SAMPLE]);
  assert.equal(text.code, 3);
  assert.match(text.out, /^An attacker got in/);
  assert.match(text.out, /Faults\n\n {2}capture-not-found {2}.*gone\.pcap/);
  const json = ringfence(['analyze', '--json', gone]);
  assert.equal(json.code, 2);
  assert.match(json.err, /ringfence: .*gone\.pcap cannot be read: ENOENT: no such file or directory\n$/);
  assert.equal(JSON.parse(json.out).faults[0].code, 'capture-not-found');
});

test('standard input is called so', () => {
  const { code, err } = ringfence(['analyze', '--json', '-'], { input: Buffer.from('no capture') });
  assert.equal(code, 2);
  assert.match(err, /^ringfence: standard input is neither pcap nor pcapng\n$/);
});

test('a reader that has seen enough ends it quietly', async () => {
  const child = spawn(process.execPath, [BIN, 'analyze', '--json', SAMPLE], { stdio: ['ignore', 'pipe', 'pipe'] });
  let err = '';
  child.stderr.on('data', (data) => {
    err += data;
  });
  child.stdout.destroy();
  const [code, signal] = await once(child, 'exit');
  assert.deepEqual([err, signal], ['', null]);
  assert.ok(code === 0 || code === 1, `${code}`);
});

test('SIGINT ends the reading: what was read is reported, with a fault', async () => {
  const child = spawn(process.execPath, [BIN, 'analyze', '-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { text, code, signal } = await interrupted(child, readFileSync(SAMPLE).subarray(0, 400_000));
  assert.match(text, /Extension scan/);
  assert.match(text, /interrupted {2}-: interrupted; only what was read so far is reported/);
  // Its standard input is still open, and yet it has ended, by the signal.
  assert.deepEqual([code, signal], [null, 'SIGINT']);
});

async function interrupted(child: ChildProcess, input: Buffer): Promise<{ text: string; code: number | null; signal: string | null }> {
  let text = '';
  child.stdout?.on('data', (data) => {
    text += data;
  });
  child.stdin?.write(input);
  await waitUntilReading(child);
  child.kill('SIGINT');
  const [code, signal] = await once(child, 'close');
  child.stdin?.destroy();
  return { text, code, signal };
}

/** Until the process has read all that was written: its CPU time stands still. */
async function waitUntilReading(child: ChildProcess): Promise<void> {
  const used = (): string => readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(' ').slice(13, 15).join(' ');
  let before = '';
  for (let still = 0; still < 4; ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const now = used();
    still = now === before && Number(now.split(' ')[0]) > 5 ? still + 1 : 0;
    before = now;
  }
}

/** A tree as npm would make it: the program below node_modules, compiled, its Node hoisted beside it. */
function installed(name: string): string {
  const root = join(folder, name, 'node_modules', 'ringfence');
  mkdirSync(join(root, 'bin'), { recursive: true });
  cpSync(BIN, join(root, 'bin', 'ringfence.js'));
  writeFileSync(join(root, 'package.json'), '{"name":"ringfence","type":"module"}');
  return root;
}

function addMain(root: string): void {
  mkdirSync(join(root, 'dist', 'src'), { recursive: true });
  const main = `export async function main(argv) {
    process.on('SIGTERM', () => process.exit(9));
    console.log(JSON.stringify([process.versions.node, argv.slice(2)]));
    if (argv[2] === 'wait') setTimeout(() => {}, 20_000); else process.exitCode = 7;
  }`;
  writeFileSync(join(root, 'dist', 'src', 'main.js'), main);
}

const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find((node) => {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return stdout !== null && /^v(1\d|2[0-3])\./.test(stdout);
});
const skip = oldNode === undefined ? 'no Node older than 24 here: apt-get install nodejs' : false;

test('installed, it starts dist/src/main.js; without it, it says so', () => {
  const root = installed('plain');
  const run = () => spawnSync(process.execPath, [join(root, 'bin', 'ringfence.js'), 'a'], { encoding: 'utf8' });
  assert.match(run().stderr, /^ringfence: this package is not complete.*\n$/);
  assert.equal(run().status, 70);
  addMain(root);
  assert.deepEqual([run().status, JSON.parse(run().stdout)], [7, [process.versions.node, ['a']]]);
});

test('under an old Node it starts the bundled one, hoisted or not; arguments and exit code pass through', { skip }, () => {
  for (const place of ['..', 'node_modules']) {
    const root = installed(`bundled-${place.length}`);
    addMain(root);
    addNode(join(root, place));
    const { status, stdout, stderr } = spawnSync(oldNode!, [join(root, 'bin', 'ringfence.js'), 'x', '--y'], { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [7, '']);
    assert.deepEqual(JSON.parse(stdout), [process.versions.node, ['x', '--y']]);
  }
});

function addNode(modules: string): void {
  const bundled = join(modules, `node-linux-${process.arch}`);
  mkdirSync(join(bundled, 'bin'), { recursive: true });
  writeFileSync(join(bundled, 'package.json'), '{"name":"node"}');
  symlinkSync(process.execPath, join(bundled, 'bin', 'node'));
}

test('under an old Node without a bundled one it says in one line what to install', { skip }, () => {
  const root = installed('lonely');
  addMain(root);
  const run = () => spawnSync(oldNode!, [join(root, 'bin', 'ringfence.js')], { encoding: 'utf8' });
  assert.match(run().stderr, /^ringfence: Node \S+ is too old; install Node 24\.11 or newer, .*\n$/);
  assert.equal(run().status, 70);
  // A bundled Node that cannot run, as glibc's on musl.
  const broken = join(root, '..', `node-linux-${process.arch}`);
  mkdirSync(join(broken, 'bin'), { recursive: true });
  writeFileSync(join(broken, 'package.json'), '{"name":"node"}');
  writeFileSync(join(broken, 'bin', 'node'), '#!/no/such/loader\n');
  chmodSync(join(broken, 'bin', 'node'), 0o755);
  assert.match(run().stderr, /^ringfence: cannot start .*; install Node 24\.11 or newer\n$/);
});

test('signals reach the program under the bundled Node, and its exit code comes back', { skip }, async () => {
  const root = installed('signals');
  addMain(root);
  addNode(join(root, '..'));
  for (const [signal, expected] of [
    ['SIGTERM', 9],
    ['SIGHUP', 129],
  ] as const) {
    const child = spawn(oldNode!, [join(root, 'bin', 'ringfence.js'), 'wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill(signal);
    assert.deepEqual(await once(child, 'exit'), [expected, null]);
  }
});

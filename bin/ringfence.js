#!/usr/bin/env node
// Plain ES2020, so that any Node can read it: runs Ringfence under this Node if it is new enough, else under the one that was
// installed with it, else says in one line what to install.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { constants } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const LEAST = [24, 11];
/** Set for the bundled Node, so that a wrong one cannot start itself for ever. */
const GUARD = 'RINGFENCE_BUNDLED_NODE';
const root = dirname(dirname(fileURLToPath(import.meta.url)));

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);
}

/** The source in a clone; the compiled program in an installed package, where Node refuses to run TypeScript. */
function entry() {
  const source = join(root, 'src', 'main.ts');
  const compiled = join(root, 'dist', 'src', 'main.js');
  const installed = root.split(sep).includes('node_modules');
  if (!installed && existsSync(source)) return source;
  return existsSync(compiled) ? compiled : undefined;
}

/** The bundled Node, wherever npm has put its package; undefined if it was not installed. */
function bundledNode() {
  try {
    const require = module.createRequire(import.meta.url);
    const node = join(dirname(require.resolve(`node-linux-${process.arch}/package.json`)), 'bin', 'node');
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}

function fail(text) {
  process.stderr.write(`ringfence: ${text}\n`);
  process.exitCode = 70;
}

/** Runs this file under another Node; signals go in, its exit code or signal comes out. */
function runUnder(node) {
  const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(node, args, { stdio: 'inherit', env: { ...process.env, [GUARD]: '1' } });
  const passed = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];
  for (const signal of passed) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`cannot start ${node} (${error.message}); install Node ${LEAST.join('.')} or newer`));
  child.on('exit', (code, signal) => {
    process.exitCode = code === null ? 128 + (constants.signals[signal] || 0) : code;
  });
}

function start() {
  const file = entry();
  if (file === undefined) return fail('this package is not complete: dist/src/main.js is missing; install it again');
  // Compiled code is kept in Node's own cache: half the start-up time from the second run on.
  if (module.enableCompileCache) module.enableCompileCache();
  if (isNewEnough(process.versions.node)) return import(pathToFileURL(file).href).then(({ main }) => main(process.argv));
  const node = process.env[GUARD] === undefined ? bundledNode() : undefined;
  if (node !== undefined) return runUnder(node);
  return fail(
    `Node ${process.versions.node} is too old; install Node ${LEAST.join('.')} or newer, or reinstall with optional dependencies`,
  );
}

start();

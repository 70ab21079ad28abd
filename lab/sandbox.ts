/**
 * Everything of a run happens inside a sandbox of its own: fresh mount, network and process namespaces. When its first
 * process ends, however it ends, the kernel removes all processes, networks and mounts of the run: nothing is left behind.
 */
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const INSIDE = 'RINGFENCE_LAB_SANDBOX';

/** True in a process that runs in its sandbox. */
export function inSandbox(): boolean {
  return process.env[INSIDE] === '1';
}

/**
 * Runs this very command line again inside a sandbox; the exit code. The inner process ends in order when this one is asked to
 * end or is killed: the pipe between them then closes (see `whenAbandoned`), which no signal handling of unshare can hold up.
 */
export async function reenter(arguments_: readonly string[] = process.argv.slice(1)): Promise<number> {
  if (process.getuid?.() !== 0) {
    throw new Error('the lab makes network namespaces and therefore needs root: run it with sudo, or as root in a virtual machine');
  }
  const flags = ['--mount', '--net', '--pid', '--fork', '--kill-child=SIGKILL', '--mount-proc'];
  const child = spawn('unshare', [...flags, process.execPath, ...process.execArgv, ...arguments_], {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...process.env, [INSIDE]: '1', UV_THREADPOOL_SIZE: '16' },
  });
  const end = (): unknown => child.stdin.end();
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Calls `stop` when the process outside the sandbox wants an end, or is gone. */
export function whenAbandoned(stop: () => void): void {
  process.stdin.on('error', stop);
  process.stdin.on('close', stop);
  process.stdin.resume();
}

/** Makes the sandbox ready: private /run (for the names of namespaces), loopback up. */
export function prepareSandbox(): void {
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
}

/** Makes this address the name server of every program in the sandbox. */
export function setResolver(resolver: string): void {
  writeFileSync('/run/resolv.conf', `nameserver ${resolver}\noptions timeout:2 attempts:2\n`);
  execFileSync('mount', ['--bind', '/run/resolv.conf', '/etc/resolv.conf']);
}

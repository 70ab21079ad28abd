/** Stands in for the lab's namespaces in tests: every segment is an address of 127/8, programs are started as they are. */
import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import type { Segment, SegmentName } from '../scenario.ts';
import type { Launch } from './process.ts';

/** A segment on loopback; addresses are drawn from 127.x.y.z with x above 64. */
export function loopbackSegment(name: SegmentName): Segment {
  const part = (): number => 1 + Math.floor(Math.random() * 250);
  const socket = async (address: string, port: number): Promise<Socket> => {
    const made = createSocket('udp4');
    made.bind(port, address);
    await once(made, 'listening');
    return made;
  };
  return { name, address: () => `127.${64 + (part() >> 1)}.${part()}.${part()}`, socket, forger: socket };
}

/** Starts a program without any namespace. */
export const launchHere: Launch = async (_segment, [program, ...rest], output) => {
  const file = openSync(output, 'w');
  const child = spawn(program ?? '', rest, { stdio: ['ignore', file, file] });
  const ended = new Promise<number | null>((resolve) => {
    child.on('exit', resolve);
    child.on('error', () => resolve(null));
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(kill);
  };
  return { pid: child.pid ?? 0, ended, stop };
};

/**
 * The system calls that Node does not offer and the lab needs: entering a network namespace, sockets that send with a
 * foreign source address, and TAP devices.
 */
import { closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';

const AF_INET = 2;
const SOCK_DGRAM = 2;
const IP_TRANSPARENT = 19;
const SO_RCVBUFFORCE = 33;
const SOL_SOCKET = 1;
const TUNSETIFF = 0x400454ca;
/** IFF_TAP | IFF_NO_PI. */
const TAP = 0x1002;

type Call = (...values: unknown[]) => number;

/** Loaded on first use: only who runs the lab needs it. */
let calls: { setns: Call; socket: Call; setsockopt: Call; bind: Call; ioctl: Call } | undefined;

function libc(): NonNullable<typeof calls> {
  if (calls === undefined) {
    const koffi: typeof import('koffi') = createRequire(import.meta.url)('koffi');
    const library = koffi.load('libc.so.6');
    calls = {
      setns: library.func('int setns(int fd, int type)'),
      socket: library.func('int socket(int domain, int type, int protocol)'),
      setsockopt: library.func('int setsockopt(int fd, int level, int name, int *value, uint32_t length)'),
      bind: library.func('int bind(int fd, uint8_t *address, uint32_t length)'),
      ioctl: library.func('int ioctl(int fd, unsigned long request, uint8_t *argument)'),
    };
  }
  return calls;
}

function must(result: number, what: string): number {
  if (result < 0) throw new Error(`${what} failed: is this run as root, on Linux, with the module loaded?`);
  return result;
}

/** Runs `work` (which must not await) with this thread inside the namespace, then comes back. */
export function inNamespace<T>(namespace: string, work: () => T): T {
  const home = openSync('/proc/thread-self/ns/net', 'r');
  const there = openSync(`/run/netns/${namespace}`, 'r');
  try {
    must(libc().setns(there, 0), `entering namespace ${namespace}`);
    try {
      return work();
    } finally {
      must(libc().setns(home, 0), 'leaving the namespace');
    }
  } finally {
    closeSync(there);
    closeSync(home);
  }
}

/** A UDP socket (file descriptor) of this namespace, bound to an address that need not be local (IP_TRANSPARENT), with a large receive buffer. */
export function udpSocket(address: string, port: number, transparent: boolean): number {
  const fd = must(libc().socket(AF_INET, SOCK_DGRAM, 0), 'socket');
  if (transparent) must(libc().setsockopt(fd, 0, IP_TRANSPARENT, [1], 4), 'IP_TRANSPARENT');
  must(libc().setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, [4_194_304], 4), 'SO_RCVBUFFORCE');
  const sockaddr = Buffer.alloc(16);
  sockaddr.writeUInt16LE(AF_INET, 0);
  sockaddr.writeUInt16BE(port, 2);
  sockaddr.set(address.split('.').map(Number), 4);
  if (libc().bind(fd, sockaddr, 16) < 0) {
    closeSync(fd);
    throw new Error(`cannot bind ${address}:${port}: not an address of this namespace, or the port is taken`);
  }
  return fd;
}

/** Opens a TAP device (file descriptor) in this namespace, making it if it is absent. */
export function openTap(name: string): number {
  const fd = openSync('/dev/net/tun', 'r+');
  const request = Buffer.alloc(40);
  request.write(name, 0, 15, 'latin1');
  request.writeUInt16LE(TAP, 16);
  must(libc().ioctl(fd, TUNSETIFF, request), `TAP device ${name}`);
  return fd;
}

/** Numbers that say what is inside: Ethernet types, IP protocols and ports that frames are opened by. */
import { portOf } from '../bytes.ts';
import type { Packet } from '../types.ts';
import { ICMP, OTHER_PROTOCOL } from './reasons.ts';

/** Destination ports of L2TP (RFC 2661), GTP-U (3GPP TS 29.281) and VXLAN (RFC 7348; Linux before it). */
export const L2TP_PORT = 1701;
const VXLAN_PORT = 4789;
const VXLAN_LINUX_PORT = 8472;
export const GTP_PORT = 2152;
/** Geneve (RFC 8926) and Teredo (RFC 4380). */
export const GENEVE_PORT = 6081;
export const TEREDO_PORT = 3544;

/** True for the destination ports of tunnels in UDP. */
export function isTunnelPort(port: number): boolean {
  return (
    port === VXLAN_PORT ||
    port === GTP_PORT ||
    port === VXLAN_LINUX_PORT ||
    port === L2TP_PORT ||
    port === GENEVE_PORT ||
    port === TEREDO_PORT
  );
}

/** True if either end has a port of SIP in the clear, 5060 or 5080: such streams need no other sign to be followed. On 5061 SIP is inside of TLS. */
export function isSipPort({ src, dst }: Packet): boolean {
  const a = portOf(src);
  const b = portOf(dst);
  return a === 5060 || b === 5060 || a === 5080 || b === 5080;
}

/** RFC 1042: LLC with SNAP and Ethernet types after an 802.3 length (or SLL's 0x0004). */
export function isSnap(bytes: Uint8Array, at: number, end: number, type: number): boolean {
  if (type > 1500 || end - at < 8) return false;
  return (
    bytes[at] === 0xaa && bytes[at + 1] === 0xaa && bytes[at + 2] === 3 && bytes[at + 3] === 0 && bytes[at + 4] === 0 && bytes[at + 5] === 0
  );
}

/** IP protocols that are looked into: TCP, SCTP, IP in IP (RFC 2003, 4213, 2473), GRE, ESP, and AH before them. */
export function carries(protocol: number): boolean {
  return protocol === 6 || protocol === 132 || protocol === 4 || protocol === 41 || protocol === 47 || protocol === 50 || protocol === 51;
}

/** Extension headers that lead on: hop-by-hop, routing, destination options, AH, mobility, HIP, Shim6 (IANA). */
export function isExtension(protocol: number): boolean {
  switch (protocol) {
    case 0:
    case 43:
    case 51:
    case 60:
    case 135:
    case 139:
    case 140:
      return true;
    default:
      return false;
  }
}

/** Ethernet types that `#tagged` reads itself, so that the two cannot hand a frame to each other for ever. */
export function isTyped(type: number): boolean {
  return type === 0x0800 || type === 0x86dd || type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x0806;
}

/** Why IP with such a protocol gives no packet. */
export function notUdp(protocol: number): number {
  switch (protocol) {
    case 1:
    case 58:
      return ICMP;
    default:
      return OTHER_PROTOCOL;
  }
}

/** Hard negatives: benign traffic that looks like an attack, and how it is told that one took place. */
import type { PlannedCall, PlannedPhone, Twist } from './plan.ts';

/** Names under which hard negatives are counted in the manifest, each with what it is. */
export const HARD_NEGATIVES = {
  'one-nat': 'phones that share the address of one NAT router',
  'power-cut-storm': 'phones that boot within a minute after a power cut',
  'call-centre': 'short calls from one source to as many numbers',
  'fax-dialler': 'calls of a fax that tries one number again and again',
  'alarm-dialler': 'calls of an alarm dialler, always to the same number, also at night',
  'stale-password': "registrations that a phone with last month's password tries all day",
  'trunk-one-source': 'calls that come from the one address of the provider',
  'monitoring-probe': 'OPTIONS and test calls of a monitoring probe',
  'hand-over-registration': 'registrations from a new address in the middle of the old binding',
  'hand-over-call': 'calls that go on from another address by re-INVITE',
  'lost-ack': 'calls whose ACK is lost, so that 200 is sent again',
  'private-address': 'calls with a private address in the session description, and symmetric RTP',
  'ssrc-on-hold': 'calls whose SSRC changes with a hold',
  'ssrc-on-transfer': 'calls that are transferred (REFER) to somebody with another SSRC',
  'music-on-hold': 'calls with music while they are held',
  'comfort-noise': 'calls between two ends that send comfort noise in pauses',
  t38: 'calls that change from sound to T.38 fax',
  'session-timer': 'calls refreshed by re-INVITE because of a session timer',
  'contact-star': 'reboots that remove all bindings first',
  'sip-alg': 'calls of phones whose messages a SIP ALG rewrites',
  forking: 'calls that ring at two phones, of which one is cancelled',
  'late-rtp': 'calls with media after the BYE',
  'mistyped-password': 'wrong passwords that users type before the right one',
  'dns-names': 'calls of phones that write host names in Via and Contact',
  'very-short': 'calls of less than two seconds',
  'forward-302': 'calls that a phone sends on by 302',
  'free-phone': 'calls of people to free-phone numbers',
  'premium-call': 'calls of people to premium-rate numbers of their own country, at most two a day of each account',
} as const;

/** Name of a hard negative. */
export type HardNegative = keyof typeof HARD_NEGATIVES;

const BY_TWIST: Partial<Record<Twist, HardNegative>> = {
  music: 'music-on-hold',
  'ssrc-on-hold': 'ssrc-on-hold',
  transfer: 'ssrc-on-transfer',
  'lost-ack': 'lost-ack',
  'late-rtp': 'late-rtp',
  'session-timer': 'session-timer',
  t38: 't38',
  'hand-over': 'hand-over-call',
};

const BY_KIND: Readonly<Record<string, HardNegative>> = {
  'call-centre': 'call-centre',
  'fax-dialler': 'fax-dialler',
  'alarm-dialler': 'alarm-dialler',
  'monitoring-probe': 'monitoring-probe',
  forking: 'forking',
  'forward-302': 'forward-302',
  'very-short': 'very-short',
  'free-phone': 'free-phone',
  'premium-call': 'premium-call',
};

/** Seconds of talk in which there is a pause for comfort noise. */
const PAUSE = 10;

/** Hard negatives that a call was, given how it ended. `noisy`: whether a phone of the plan offers comfort noise. */
export function negativesOf(
  call: PlannedCall,
  status: number,
  phones: readonly PlannedPhone[],
  noisy: (index: number) => boolean,
): HardNegative[] {
  const kind = BY_KIND[call.kind ?? ''];
  const always = [...(kind === undefined ? [] : [kind]), ...(call.from === 'trunk' ? ['trunk-one-source' as const] : [])];
  if (status < 200 || status >= 300) return call.result === 'answered' ? [] : always;
  const sides = [call.from, 'phone' in call.to ? call.to.phone : 'trunk'].filter((side) => typeof side === 'number');
  const some = (holds: (phone: PlannedPhone) => boolean): boolean => sides.some((index) => holds(phones[index]!));
  const twists = call.twists.flatMap((twist) => BY_TWIST[twist] ?? []);
  const found: HardNegative[] = [...always, ...twists];
  if (sides.length === 1 && some((phone) => phone.segment === 'home' && !phone.alg)) found.push('private-address');
  if (some((phone) => phone.alg)) found.push('sip-alg');
  if (some((phone) => phone.names)) found.push('dns-names');
  if (call.media === 'full' && call.hold > PAUSE && sides.every(noisy)) found.push('comfort-noise');
  return found;
}

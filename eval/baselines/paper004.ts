/**
 * The rule of paper 004 as it stands (S4-09): 100 REGISTERs from one source address to one destination address with one
 * extension in To within 60 s. The paper's other stages name no numbers.
 */
import type { Detector } from '../detector.ts';
import { Episodes } from './episodes.ts';
import { fingerprint } from './fingerprint.ts';
import { type Said, saidIn } from './messages.ts';
import { Rates } from './rates.ts';

const COUNT = 100;
const PERIOD = 60_000_000;

/** Paper 004's stage-3 rule. */
export const paper004: Detector = {
  name: 'paper-004',
  get version() {
    return fingerprint(import.meta, ['messages', 'episodes', 'rates']);
  },
  available: () => undefined,
  findings: async (run) => registrationFindings(await saidIn(run)),
};

/** What the rule says of these messages. */
export function registrationFindings(said: readonly Said[]): ReturnType<Episodes['findings']> {
  const rates = new Rates(COUNT, PERIOD);
  const episodes = new Episodes(PERIOD);
  for (const { time, src, dst, method, status, to } of said) {
    if (method !== 'REGISTER' || status !== 0) continue;
    const key = `${src} ${dst} ${extensionOf(to)}`;
    const first = rates.hit(key, time);
    if (first === undefined) continue;
    const text = `S4-09: ${COUNT} REGISTERs in 60 s from ${src} to ${dst} for ${to}`;
    episodes.tell(key, time, { class: 'password-guessing', subject: src, target: to, also: [dst], text }, first);
  }
  return episodes.findings();
}

/** User part of `user@host`. */
function extensionOf(address: string): string {
  return address.slice(0, Math.max(0, address.lastIndexOf('@')));
}

/** A01: datagrams that are no SIP at the port where SIP is spoken (S0-55). */
import type { Random } from '../random.ts';
import type { Intensity, Lab, Scenario } from '../scenario.ts';
import { arrivals, lasting, play } from './senders/schedule.ts';

/** Bytes as flooders send them: noise, zeros, one text again and again with a count, or SIP cut short of its first line. */
function payloads(random: Random): (index: number) => Buffer {
  const size = random.integer(32, 1200);
  const letter = random.text(1);
  return random.pick<(index: number) => Buffer>([
    () => Buffer.from(random.bytes(random.integer(20, size))),
    (index) => Buffer.from(`${letter.repeat(size)}${index}`),
    (index) => Buffer.concat([Buffer.alloc(size), Buffer.from(String(index))]),
    (index) => Buffer.from(`${random.text(random.integer(10, 60))} ${index}`),
  ]);
}

async function flood(lab: Lab, intensity: Intensity, sources: number): Promise<void> {
  const attack = lab.segment('attack');
  const forged = sources > 1;
  const addresses = Array.from({ length: forged ? 1 : sources }, () => attack.address());
  const spoofed = forged ? Array.from({ length: sources }, () => lab.segment('attack2').address()) : [];
  const campaign = lab.campaign({
    attack: 'A01',
    classes: ['flood'],
    stage: 'disrupt',
    intensity: intensity.name,
    attackers: forged ? [] : addresses,
    spoofed,
    targets: [lab.site.proxy.address],
  });
  const random = lab.random.fork('noise');
  const open = (address: string) => (forged ? attack.forger(address, random.integer(1024, 65535)) : attack.socket(address, 0));
  const sockets = await Promise.all((forged ? spoofed : addresses).map(open));
  const next = payloads(random);
  const offsets = arrivals(random.fork('times'), intensity.value, 2 * lasting(intensity.value));
  await play(lab, offsets, (index) => campaign.send(random.pick(sockets), next(index), lab.site.proxy));
  await lab.sleep(500);
  campaign.end('unknown');
}

/** One source, its own address. */
export const UDP_FLOOD: Scenario = {
  name: 'udp-flood',
  title: 'Datagrams that are no SIP at the SIP port, from one source',
  attack: 'A01',
  intensities: [
    { name: '100/s', value: 100 },
    { name: '20/s', value: 20 },
    { name: '1000/s', value: 1000 },
  ],
  proof: 'hashes',
  run: (lab, intensity) => flood(lab, intensity, 1),
};

/** Many forged sources. */
export const UDP_FLOOD_SPOOFED: Scenario = {
  name: 'udp-flood-spoofed',
  title: 'Datagrams that are no SIP at the SIP port, their sources forged',
  attack: 'A01',
  intensities: [
    { name: '100/s', value: 100 },
    { name: '500/s', value: 500 },
  ],
  proof: 'hashes',
  run: (lab, intensity) => flood(lab, intensity, 40),
};

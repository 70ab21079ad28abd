/** A11, second half: who looks for SIP servers in a range of addresses (S4-01), by svmap, nmap and the lab's own sender. */
import type { Random } from '../random.ts';
import type { CampaignHandle, Intensity, Lab, Scenario } from '../scenario.ts';
import { Attacker } from './senders/attacker.ts';
import { foreignDomain, word } from './senders/names.ts';
import { NMAP_FILTER } from './senders/nmap.ts';
import { drawnPace, play } from './senders/schedule.ts';
import { sipvicious } from './senders/sipvicious.ts';

/** The site's network, as `a.b.c`. */
function network(lab: Lab): string {
  return lab.site.proxy.address.split('.').slice(0, 3).join('.');
}

function open(lab: Lab, intensity: Intensity, attackers: readonly string[]): CampaignHandle {
  return lab.campaign({
    attack: 'A11',
    classes: ['server-scan'],
    stage: 'recon',
    intensity: intensity.name,
    attackers,
    targets: [lab.site.proxy.address, `${network(lab)}.0/24`],
  });
}

/** Hosts of the site's network and, for some scanners, of the phones' networks, in order or shuffled. */
function hosts(lab: Lab, random: Random, count: number): string[] {
  const near = Array.from({ length: 254 }, (_, i) => `${network(lab)}.${i + 1}`);
  const far = lab.phones.map(({ address }) => address).filter((address) => !/^(10|192\.168)\./.test(address));
  const all = random.chance(0.5) ? near : random.shuffle([...near, ...far]);
  const first = random.integer(0, all.length - 1);
  const list = Array.from({ length: Math.min(count, all.length) }, (_, i) => all[(first + i) % all.length]!);
  if (!list.includes(lab.site.proxy.address)) list[random.integer(0, list.length - 1)] = lab.site.proxy.address;
  return list;
}

async function byOwnSender(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('scan');
  const address = lab.segment('attack').address();
  const campaign = open(lab, intensity, [address]);
  const attacker = await Attacker.open(lab, campaign, lab.segment('attack'), { address });
  const slow = intensity.value < 1;
  const list = hosts(lab, random, slow ? 30 : 200);
  const method = random.pick(['OPTIONS', 'OPTIONS', 'REGISTER', 'INVITE']);
  const from = random.chance(0.5) ? undefined : `sip:${word(random)}@${foreignDomain(random)}`;
  const speed = slow ? 8 : intensity.value;
  const gap = 1e6 / intensity.value;
  const offsets = drawnPace(random.fork('times'), speed, list.length);
  const start = lab.start + 60e6;
  await play(lab, offsets, (index) => {
    const host = list[index]!;
    const callId = attacker.callId();
    if (slow) lab.unit(callId, start + index * gap + random.integer(0, gap / 4));
    const user = word(random);
    const uri = method === 'REGISTER' ? `sip:${host}` : `sip:${user}@${host}`;
    attacker.send({ method, uri, from: from ?? `sip:${user}@${host}`, callId, cseq: 1 }, { address: host, port: lab.site.proxy.port });
  });
  await lab.sleep(1500);
  campaign.end(attacker.answers > 0 ? 'succeeded' : 'failed');
  attacker.close();
}

async function bySvmap(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('scan');
  const address = lab.segment('attack').address();
  const campaign = open(lab, intensity, [address]);
  campaign.owns('attack');
  const gap = String(1 / intensity.value);
  const agent = random.chance(0.5) ? undefined : `${word(random)}/${random.integer(1, 9)}.${random.integer(0, 9)}`;
  const method = random.pick([[], [], ['-m', 'INVITE'], ['-m', 'REGISTER']]);
  const order = random.chance(0.5) ? ['--randomize'] : [];
  const range = intensity.value >= 50 ? `${network(lab)}.0/24` : around(lab, random, Math.round(intensity.value * 10));
  const options = ['-p', String(lab.site.proxy.port), '-t', gap, ...method, ...order, range];
  const { output } = await lab.tool('attack', sipvicious('svmap', options, agent), 14);
  campaign.end(output.includes(lab.site.proxy.address) ? 'succeeded' : 'failed');
}

/** A range of `count` addresses, in the way in which svmap writes it, that holds the proxy. */
function around(lab: Lab, random: Random, count: number): string {
  const host = Number(lab.site.proxy.address.split('.')[3]);
  const first = Math.max(1, Math.min(host - random.integer(0, count - 1), 254 - count));
  return `${network(lab)}.${first}-${Math.min(254, first + count)}`;
}

async function byNmap(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('scan');
  const campaign = open(lab, intensity, [lab.segment('attack').address()]);
  campaign.owns('attack');
  const { port } = lab.site.proxy;
  // The plus sign: also on ports that are not 5060.
  const script = ['--script', '+sip-methods', '--script-args', 'sip.timeout=1'];
  const pace = ['--max-rate', String(intensity.value), '--max-retries', '0', '--host-timeout', '8s'];
  const range = around(lab, random, Math.min(60, intensity.value * 8));
  const { output } = await lab.tool('attack', ['nmap', '-sU', '-Pn', '-n', '-p', String(port), ...pace, ...script, range], 20);
  campaign.end(output.includes('sip-methods') ? 'succeeded' : 'unknown');
}

/** By the lab's own sender. */
export const SERVER_SCAN: Scenario = {
  name: 'server-scan',
  title: 'One source asks a range of addresses for SIP servers; slow ones over hours',
  attack: 'A11',
  intensities: [
    { name: '20/s', value: 20 },
    { name: '1 per 20 s', value: 0.05 },
    { name: '200/s', value: 200 },
    { name: '1 per 10 min', value: 1 / 600 },
  ],
  proof: 'hashes',
  run: byOwnSender,
};

/** svmap for real, under its own name or another one. */
export const SERVER_SCAN_BY_SVMAP: Scenario = {
  name: 'server-scan-svmap',
  title: 'svmap over the network of the site, also under another name (E3-1)',
  attack: 'A11',
  intensities: [
    { name: '200/s', value: 200 },
    { name: '2/s', value: 2 },
    { name: '50/s', value: 50 },
  ],
  proof: {
    filter:
      '!icmp && sip.Request-Line && sip.from.host == "1.1.1.1" && sip.Via.branch matches "^z9hG4bK-[0-9]{1,10}$" && sip.Max-Forwards == 70',
  },
  needs: ['svmap'],
  run: bySvmap,
};

/** nmap with its SIP probe and script. */
export const SERVER_SCAN_BY_NMAP: Scenario = {
  name: 'server-scan-nmap',
  title: 'nmap looks for SIP servers in the network of the site',
  attack: 'A11',
  intensities: [
    { name: '20/s', value: 20 },
    { name: '5/s', value: 5 },
  ],
  proof: { filter: NMAP_FILTER },
  needs: ['nmap'],
  run: byNmap,
};

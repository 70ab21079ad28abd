/**
 * Call records against what tshark reads in the same captures: of every Call-ID with an INVITE the times of its first INVITE, its
 * first ringing, its first 200, its BYE, how many dialogs and re-INVITEs it has, and its last final status. Captures of real
 * telephones and servers: proxies, forks of networks, PRACK, CANCEL, re-INVITE to direct media, B2BUAs, IP fragments.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openCapture } from '../src/capture/reader.ts';
import { loadConfig } from '../src/config.ts';
import { Pipeline } from '../src/pipeline.ts';
import type { Call } from '../src/types.ts';
import { shared, tool } from './peers.ts';

const run = promisify(execFile);
const tshark = tool('tshark', 'apt-get install tshark');

const CAPTURES = [
  'goffinet__sip_captures/SIP-Call-with-Proxy-Server.pcap',
  'goffinet__sip_captures/sip-2phones-B2BUA-Asterisk.pcapng',
  'goffinet__sip_captures/voip1b.pcapng',
  'goffinet__sip_captures/sip-flow-private.pcapng',
  'goffinet__sip_captures/private-test-sip-2.pcapng',
  'goffinet__sip_captures/sip-488-Not-Acceptable-Here-codec-null.pcapng',
  'Magum23__mtaa-sip/call.pcapng',
  'Magum23__mtaa-sip/call_end_and_cancel.pcapng',
  'Magum23__mtaa-sip/video_call.pcapng',
  'NormB__sipnab/tests/pcap-samples/sip-rtp-g711.pcap',
  'NormB__sipnab/tests/pcap-samples/sip-rtp-g729a.pcap',
  'NormB__sipnab/tests/pcap-samples/DTMFsipinfo.pcap',
  'snort3__snort3_demo/tests/inspectors/sip/SIP_Eyebeam2Eyebeam_Video_Audio.pcap',
  'zongbingwang__pcapApplication/data/sip.pcap',
  'MichalCab__ISA/sip.pcap',
  'josh-morin__wireshark/pcaps/voip.pcap',
  'irontec__sngrep/tests/aaa.pcap',
  'superfast1979__pcap2sipp/tests/example.pcap',
  'a42437-ml__master_thesis_files/Initial_feasibility_testing/pcap_files/tc-02.1.pcap',
  'ntop__nDPI/tests/cfgs/default/pcap/FAX-Call-t38-CA-TDM-SIP-FB-1.pcap',
  'dotpcap__packetnet/Test/CaptureFiles/udp-ip-fragmented.pcap',
];

/** What both say of a call. Times in µs. */
interface Facts {
  start: number;
  ringing: number;
  answered: number;
  /** First BYE, if the call was answered and the BYE too. */
  bye: number;
  status: number;
  /** To tags of provisional answers and 2xx to INVITEs without To tag. */
  forks: number;
  /** CSeq numbers of INVITEs with To tag, by direction. */
  reinvites: number;
}

const FIELDS = [
  'frame.time_epoch',
  'sip.Call-ID',
  'sip.Method',
  'sip.Status-Code',
  'sip.CSeq.seq',
  'sip.CSeq.method',
  'sip.from.tag',
  'sip.to.tag',
];

/** One message as tshark prints it. */
interface Row {
  readonly time: number;
  readonly method: string;
  readonly status: number;
  readonly cseq: string;
  readonly of: string;
  readonly from: string;
  readonly to: string;
}

async function rowsOf(path: string): Promise<Map<string, Row[]>> {
  const args = ['-n', '-r', path, '-Y', 'sip && !icmp', '-T', 'fields', '-E', 'occurrence=f', ...FIELDS.flatMap((field) => ['-e', field])];
  const { stdout } = await run('tshark', args, { maxBuffer: 1 << 28, encoding: 'latin1' });
  const calls = new Map<string, Row[]>();
  for (const line of stdout.split('\n')) {
    const [epoch = '', callId = '', method = '', status, cseq = '', of = '', from = '', to = ''] = line.split('\t');
    if (callId === '') continue;
    const [seconds = '', fraction = ''] = epoch.split('.');
    const time = Number(seconds) * 1e6 + Number(fraction.slice(0, 6));
    const rows = calls.get(callId) ?? [];
    calls.set(callId, [...rows, { time, method, status: Number(status), cseq, of, from, to }]);
  }
  return calls;
}

/** Facts of the calls of a capture, by Call-ID, as they follow from the messages. */
async function byTshark(path: string): Promise<Map<string, Facts>> {
  const facts = new Map<string, Facts>();
  for (const [callId, rows] of await rowsOf(path)) {
    const invite = rows.find(({ method, to }) => method === 'INVITE' && to === '');
    if (invite === undefined) continue;
    const first = (met: (row: Row) => boolean): number => rows.find(met)?.time ?? 0;
    // Answers to INVITEs without To tag: those with a CSeq number of one.
    const initial = new Set(rows.filter(({ method, to }) => method === 'INVITE' && to === '').map(({ cseq }) => cseq));
    const answers = rows.filter(
      ({ of, cseq, status, from }) => of === 'INVITE' && status > 100 && initial.has(cseq) && from === invite.from,
    );
    const finals = answers.filter(({ status }) => status >= 200);
    const answered = finals.find(({ status }) => status < 300)?.time ?? 0;
    const hungUp = rows.some(({ of, status }) => of === 'BYE' && status >= 200);
    const again = rows.filter(({ method, to }) => method === 'INVITE' && to !== '');
    facts.set(callId, {
      start: invite.time,
      ringing: answers.find(({ status }) => status === 180 || status === 183)?.time ?? 0,
      answered,
      bye: answered > 0 && hungUp ? first(({ method }) => method === 'BYE') : 0,
      status: (finals.find(({ status }) => status < 300) ?? finals.at(-1))?.status ?? 0,
      forks: new Set(answers.filter(({ status, to }) => status < 300 && to !== '').map(({ to }) => to)).size,
      reinvites: new Set(again.map(({ from, cseq }) => `${from} ${cseq}`)).size,
    });
  }
  return facts;
}

async function byUs(path: string): Promise<Map<string, Call>> {
  const loaded = loadConfig();
  assert.ok('config' in loaded);
  const pipeline = new Pipeline({ config: loaded.config, rules: [], boot: 1, sinks: { events: false, calls: true } });
  const reader = await openCapture(path);
  const calls = new Map<string, Call>();
  const take = (): void => {
    for (const call of pipeline.drain().calls) calls.set(call.callId, call);
  };
  while (await reader.fill()) {
    while (reader.next()) pipeline.handle(reader.packet);
    take();
  }
  pipeline.handle({ kind: 'tick', time: reader.lastTime, last: true });
  pipeline.command({ kind: 'finish' });
  take();
  await reader.close();
  return calls;
}

function factsOf(c: Call): Facts {
  const { start, ringing, answered, status, forks, reinvites } = c;
  return { start, ringing, answered, bye: answered > 0 ? c.ended : 0, status, forks, reinvites };
}

for (const name of CAPTURES) {
  const capture = shared(`captures/${name}`);
  test(`calls of ${name}`, { skip: capture.skip || tshark.skip }, async () => {
    const [theirs, ours] = await Promise.all([byTshark(capture.path), byUs(capture.path)]);
    assert.ok(theirs.size > 0);
    assert.deepEqual([...ours.keys()].sort(), [...theirs.keys()].sort());
    for (const [callId, facts] of theirs) assert.deepEqual(factsOf(ours.get(callId)!), facts, callId);
  });
}

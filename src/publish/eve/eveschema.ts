/** The schema of one line of `analyze --eve`; published as docs/reference/eve.schema.json. */
import { schema } from '../../schema.ts';
import { ATTRIBUTIONS } from '../../types.ts';
import { ALERT, CALL, COUNT_FIELDS, INCIDENT, STREAM } from '../analysis.ts';

const text = (about: string) => ({ type: 'string', about }) as const;
const maybe = (about: string) => ({ type: 'string', about, optional: true }) as const;
const whole = (about: string) => ({ type: 'integer', minimum: 0, about }) as const;
const maybeWhole = (about: string) => ({ type: 'integer', minimum: 0, about, optional: true }) as const;
const list = (about: string) => ({ type: 'array', items: { type: 'string' }, about, optional: true }) as const;
const kind = <const K extends string>(name: K, about: string) => ({ type: 'enum', values: [name], about }) as const;

const TIMESTAMP = {
  type: 'string',
  pattern: '^\\d{4,6}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{6}\\+0000$',
  about: 'time of the packet; for calls of their end, for incidents and statistics of the last packet; UTC',
} as const;

const PACKET = {
  pcap_cnt: maybeWhole('frame number, counted as tshark does'),
  pcap_filename: maybe('file as given on the command line'),
} as const;

const PLACES = {
  src_ip: maybe('address'),
  src_port: maybeWhole('port'),
  dest_ip: maybe('address'),
  dest_port: maybeWhole('port'),
  app_proto: { ...kind('sip', 'protocol'), optional: true },
} as const;

const party = (about: string) =>
  ({
    type: 'object',
    about,
    fields: { uri: text('URI'), display: maybe('display name as written'), tag: maybe('tag; masked if it carries a guessed password') },
  }) as const;

const MEDIA = {
  type: 'object',
  fields: {
    media: text('m= line'),
    session_info: maybe('i='),
    connection_data: maybe('c='),
    bandwidths: list('b='),
    attributes: list('a=; keys are masked'),
    version: maybe('a v= line that stands out of place'),
    origin: maybe('out of place'),
    session_name: maybe('out of place'),
    uri: maybe('out of place'),
    email: maybe('out of place'),
    phone_number: maybe('out of place'),
    time: maybe('out of place'),
  },
} as const;

const SDP = {
  type: 'object',
  optional: true,
  about: 'session description (RFC 8866), lines as written',
  fields: {
    version: maybe('v='),
    origin: maybe('o='),
    session_name: maybe('s='),
    session_info: maybe('i='),
    uri: maybe('u='),
    email: maybe('e='),
    phone_number: maybe('p='),
    connection_data: maybe('c='),
    bandwidths: list('b='),
    time: maybe('t='),
    attributes: list('a=; keys are masked'),
    media_descriptions: { type: 'array', items: MEDIA, optional: true, about: 'what follows each m=' },
  },
} as const;

const digest = (about: string) =>
  ({
    type: 'object',
    optional: true,
    about,
    fields: {
      scheme: text('Digest or another; empty if the value is not in that form'),
      username: maybe('user name'),
      realm: maybe('realm'),
      uri: maybe('digest-uri'),
      algorithm: maybe('algorithm'),
      qop: maybe('qop'),
    },
  }) as const;

const SIP = {
  type: 'object',
  about: 'the message',
  fields: {
    method: maybe('requests: method'),
    uri: maybe('requests: Request-URI; a password in it is masked'),
    version: text('SIP version of the start line'),
    request_line: maybe('requests: the start line'),
    code: maybe('answers: status code, three digits'),
    reason: maybe('answers: reason phrase'),
    response_line: maybe('answers: the start line'),
    from: party('From'),
    to: party('To'),
    call_id: text('Call-ID'),
    cseq: {
      type: 'object',
      about: 'CSeq',
      fields: { number: { type: 'integer', about: 'number; -1: absent or none' }, method: text('method') },
    },
    via: {
      type: 'object',
      about: 'the topmost Via',
      fields: {
        count: whole('Via values in all'),
        host: maybe('sent-by'),
        port: maybeWhole('port of sent-by'),
        transport: maybe('transport as written'),
        branch: maybe('branch'),
        received: maybe('received'),
        rport: maybeWhole('rport'),
      },
    },
    contact: maybe('URI of the first Contact'),
    user_agent: maybe('User-Agent or Server'),
    content_type: maybe('Content-Type'),
    content_length: maybeWhole('Content-Length'),
    auth: digest('credentials; never the response to a challenge'),
    challenge: digest('challenge of an answer'),
    oddities: list('what was odd, by the names of oddities.md; at most eight'),
    outcome: maybe('what the answer says about authentication: challenge, failed, unknown-user, accepted, stale, open'),
    origin: {
      type: 'object',
      optional: true,
      about: 'who asked, where the addresses of the packet do not tell: behind a proxy, a NAT or a capture agent',
      fields: {
        found: { type: 'enum', values: ATTRIBUTIONS, about: 'how it was found' },
        ip: text('address'),
        port: whole('port; 0: unknown'),
      },
    },
    retransmission: { type: 'boolean', optional: true, about: 'true: repeats a message of its transaction' },
    truncated: { type: 'boolean', optional: true, about: 'true: the capture cut it short' },
    sdp: SDP,
  },
} as const;

const MESSAGE = {
  type: 'object',
  about: 'A SIP message.',
  fields: {
    timestamp: TIMESTAMP,
    flow_id: whole('the same for all messages between two endpoints, both directions'),
    ...PACKET,
    event_type: kind('sip', 'a SIP message'),
    vlan: { type: 'array', items: { type: 'integer' }, optional: true, about: 'VLAN id' },
    tunnel: maybe('tunnels it came through, outermost first'),
    ...PLACES,
    proto: { type: 'enum', values: ['UDP', 'TCP', 'SCTP'], about: 'protocol below' },
    transport: { type: 'enum', values: ['tls', 'ws', 'wss'], optional: true, about: 'what lies between' },
    tx_id: maybeWhole('number of its transaction in the run; absent if that was not seen'),
    sip: SIP,
  },
} as const;

const {
  id,
  node,
  level,
  class: attack,
  stage,
  subject,
  target,
  outcome,
  state,
  first,
  last,
  count,
  sample,
  evidence,
  attributed,
  why,
} = ALERT.fields;
const words = { type: 'array', items: { type: 'string' } } as const;

const ALERT_EVENT = {
  type: 'object',
  about: 'A version of an alert: opened, changed or closed.',
  fields: {
    timestamp: TIMESTAMP,
    ...PACKET,
    event_type: kind('alert', 'an alert'),
    ...PLACES,
    alert: {
      type: 'object',
      about: 'as Suricata tells it',
      fields: {
        action: kind('allowed', 'nothing was blocked'),
        gid: whole('5260'),
        signature_id: whole('of the id of the rule, the same everywhere'),
        rev: whole('version of the rule'),
        signature: text('title of the rule'),
        category: attack,
        severity: { type: 'integer', minimum: 1, maximum: 3, about: '1: high or critical, 2: warning, 3: below' },
        metadata: {
          type: 'object',
          about: 'one word each',
          fields: { rule: words, level: words, stage: words, outcome: words, state: words },
        },
      },
    },
    ringfence: {
      type: 'object',
      about: 'as `--json` tells it',
      fields: { id, node, level, stage, subject, target, outcome, state, first, last, count, sample, evidence, attributed, why },
    },
  },
} as const;

const CALL_EVENT = {
  type: 'object',
  about: 'A call that is over, or was going on at the end.',
  fields: { timestamp: TIMESTAMP, event_type: kind('call', 'a call'), ...PLACES, call: CALL },
} as const;

const { src: _src, srcPort: _srcPort, dst: _dst, dstPort: _dstPort, ...MEDIA_FIELDS } = STREAM.fields;

const STREAM_EVENT = {
  type: 'object',
  about: 'A media stream of a call, behind the call.',
  fields: {
    timestamp: TIMESTAMP,
    event_type: kind('rtp', 'a media stream'),
    ...PLACES,
    app_proto: kind('rtp', 'protocol'),
    proto: kind('UDP', 'protocol below'),
    rtp: { type: 'object', fields: { call_id: text('Call-ID of its call'), ...MEDIA_FIELDS } },
  },
} as const;

const INCIDENT_EVENT = {
  type: 'object',
  about: 'Alerts of one attacker, at the end.',
  fields: {
    timestamp: TIMESTAMP,
    event_type: kind('ringfence', 'an incident'),
    ...PLACES,
    ringfence: { type: 'object', fields: { incident: INCIDENT } },
  },
} as const;

const STATS_EVENT = {
  type: 'object',
  about: 'Statistics: the last line.',
  fields: {
    timestamp: TIMESTAMP,
    event_type: kind('stats', 'statistics'),
    stats: {
      type: 'object',
      fields: {
        uptime: whole('seconds from the first to the last packet'),
        decoder: { type: 'object', fields: { pkts: whole('frames'), bytes: whole('their bytes') } },
        detect: { type: 'object', fields: { alert: whole('different alerts') } },
        ringfence: {
          type: 'object',
          open: true,
          fields: { version: text('of the program'), packets: whole('payloads'), faults: whole('faults so far'), ...COUNT_FIELDS },
        },
      },
    },
  },
} as const;

/** One line. */
export const EVE = schema({
  type: 'oneOf',
  about: 'One line of `ringfence analyze --eve`.',
  of: [MESSAGE, ALERT_EVENT, CALL_EVENT, STREAM_EVENT, INCIDENT_EVENT, STATS_EVENT],
});

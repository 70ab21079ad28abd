/** For `explain`: what decode made of session descriptions, RTP and RTCP. Keys are never shown. */
import { addressText, text } from '../bytes.ts';
import type { SipMessage } from '../decode/message.ts';
import {
  BYE_PACKET,
  CNAME,
  createReportBlock,
  createVoipMetrics,
  nextRtcp,
  readReportBlock,
  readSdesItem,
  readVoipMetrics,
  TOOL,
} from '../decode/rtp/rtcp.ts';
import { createRtcp, createRtp, parseRtp, RTCP_TYPES, type RtcpView } from '../decode/rtp/rtp.ts';
import { createBodyPart, readBody, SDP_BODY } from '../decode/sdp/body.ts';
import { CLOCKS, CODECS } from '../decode/sdp/codecs.ts';
import {
  createSdp,
  DIRECTIONS,
  IPV4,
  IPV6,
  MEDIA_TYPES,
  SDP_PROTOCOLS,
  type Sdp,
  type SdpMedia,
  SETUPS,
  SUITES,
} from '../decode/sdp/sdpview.ts';
import type { Packet, Span } from '../types.ts';

type Line = readonly [name: string, text: string];

/** Sections of the description in the body of a message; none without one. */
export function sdpLines(m: SipMessage): Line[] {
  const part = createBodyPart();
  const sdp = createSdp();
  // The oddities were noted when the engine read it.
  const noted = m.oddityCount;
  readBody(m, part, sdp, false);
  m.oddityCount = noted;
  if (part.kind !== SDP_BODY) return [];
  const owner = textOf(sdp, sdp.origin);
  return [
    ['SDP', owner === '' ? 'without origin' : `origin ${owner}`],
    ...sdp.media.slice(0, sdp.mediaCount).map((each) => sectionLine(sdp, each)),
  ];
}

function textOf(sdp: Sdp, { start, end }: Span): string {
  return text(sdp.bytes, start, end);
}

function sectionLine(sdp: Sdp, media: SdpMedia): Line {
  const { address, port, protocol, kind } = media;
  const at =
    address.kind === IPV4 || address.kind === IPV6 ? addressText(Uint8Array.from([...address.bytes, 0, 0])) : textOf(sdp, address.span);
  const what = MEDIA_TYPES[kind] || 'unknown media';
  const formats = [...media.formats.subarray(0, media.formatCount)].map((type, k) => `${type}${formatName(media, k)}`);
  const rest = [
    `${SDP_PROTOCOLS[protocol] || 'unknown transport'}${formats.length > 0 ? ` ${formats.join(', ')}` : ''}`,
    DIRECTIONS[media.direction] || 'sendrecv',
    ...keysOf(sdp, media),
    ...(media.allCandidates > 0 ? [`${media.allCandidates} ICE candidates`] : []),
  ];
  const where = port > 0 ? `to ${at} port ${port}` : port === 0 ? 'not used' : 'no port';
  return ['', `${what} ${where}; ${rest.join('; ')}`];
}

function formatName(media: SdpMedia, k: number): string {
  const name = CODECS[media.codecs[k]!];
  const clock = CLOCKS[media.clocks[k]!];
  return name === undefined || name === '' ? '' : ` ${name}${clock === undefined || clock === 0 ? '' : `/${clock}`}`;
}

/** How media is protected; the key itself stands in the message for everyone on its way, and is not shown. */
function keysOf(sdp: Sdp, media: SdpMedia): string[] {
  const keys: string[] = [];
  if (media.cryptos > 0) keys.push(`SRTP key in the message, not shown (${SUITES[media.suite] || 'unknown suite'})`);
  if (media.fingerprint || sdp.fingerprint) keys.push(`DTLS-SRTP, ${SETUPS[media.setup || sdp.setup] || 'role not said'}`);
  if (media.zrtp || sdp.zrtp) keys.push('ZRTP');
  return keys;
}

/** The header of an RTP packet. */
export function rtpLines(p: Packet): Line[] {
  const view = createRtp();
  if (!parseRtp(p.bytes, p.start, p.end, view)) return [];
  const { payloadType, sequence, timestamp, ssrc, marker, csrcCount, payloadStart, payloadEnd } = view;
  return [
    ['stream', `SSRC ${hex(ssrc)}${csrcCount > 0 ? ` of ${csrcCount} sources` : ''}`],
    ['packet', `sequence ${sequence}, timestamp ${timestamp}${marker ? ', marker' : ''}`],
    ['payload type', `${payloadType}, ${payloadEnd - payloadStart} bytes, not shown`],
  ];
}

/** The packets of an RTCP compound. */
export function rtcpLines(p: Packet): Line[] {
  const view = createRtcp();
  const lines: Line[] = [];
  for (let at = nextRtcp(p.bytes, p.start, p.end, view); at >= 0; at = nextRtcp(p.bytes, at, p.end, view)) {
    lines.push([RTCP_TYPES[view.type] ?? `type ${view.type}`, rtcpText(p.bytes, view).join('; ')]);
  }
  return lines;
}

function rtcpText(b: Uint8Array, view: RtcpView): string[] {
  const said = [`of SSRC ${hex(view.ssrc)}`];
  const block = createReportBlock();
  for (let n = 0; readReportBlock(b, view, n, block); n++) {
    said.push(
      `about ${hex(block.ssrc)}: ${block.lost} lost, ${Math.round(block.fraction / 2.56)} % since the last report, jitter ${block.jitter}`,
    );
  }
  const span = { start: -1, end: -1 };
  if (readSdesItem(b, view, CNAME, span)) said.push(`CNAME ${text(b, span.start, span.end)}`);
  if (readSdesItem(b, view, TOOL, span)) said.push(`tool ${text(b, span.start, span.end)}`);
  if (view.type === BYE_PACKET) said.push('leaves');
  const metrics = createVoipMetrics();
  if (readVoipMetrics(b, view, metrics)) {
    const { rFactor, mosListening, lossRate, discardRate, roundTrip } = metrics;
    const rates = `${Math.round(lossRate / 2.56)} % lost, ${Math.round(discardRate / 2.56)} % discarded, ${roundTrip} ms there and back`;
    said.push(`${rates}${mosListening < 127 ? `, MOS ${mosListening / 10}` : ''}${rFactor < 127 ? `, R ${rFactor}` : ''}`);
  }
  return said;
}

function hex(ssrc: number): string {
  return `0x${ssrc.toString(16).padStart(8, '0')}`;
}

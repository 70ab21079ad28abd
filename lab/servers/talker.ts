/** A SIP client of few lines for the tests of the servers: it says what it is told to and hands over what it hears. */
import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:dgram';
import type { Segment } from '../scenario.ts';

/** Something heard: a request (`method`) or an answer (`status`). */
export interface Heard {
  readonly text: string;
  readonly method: string | undefined;
  readonly status: number | undefined;
  readonly body: string;
  /** All values of a header, by its full name. */
  values(name: string): string[];
}

/** A talker on one socket. */
export interface Talker {
  readonly at: string;
  /** Sends a request of these header lines; Via and Content-Length are added unless given. */
  say(to: { readonly address: string; readonly port: number }, line: string, headers: readonly string[], body?: string): void;
  /** Answers a request, copying what an answer copies; `extra` are header lines. */
  answer(
    to: { readonly address: string; readonly port: number },
    request: Heard,
    status: number,
    extra?: readonly string[],
    body?: string,
  ): void;
  /** The first thing heard, and not yet taken, that fits. @throws Error after two seconds. */
  hear(fits: (heard: Heard) => boolean): Promise<Heard>;
  close(): void;
}

/** Makes a talker on an address of the segment. */
export async function talker(segment: Segment, address: string): Promise<Talker> {
  const socket = await segment.socket(address, 0);
  socket.unref();
  const at = `${address}:${socket.address().port}`;
  const heard: Heard[] = [];
  socket.on('message', (data) => heard.push(read(data.toString('latin1'))));
  return {
    at,
    say: (to, line, headers, body = '') => {
      const via = `Via: SIP/2.0/UDP ${at};rport;branch=z9hG4bK${randomBytes(6).toString('hex')}`;
      const own = headers.some((header) => header.startsWith('Via:')) ? [] : [via];
      send(socket, to, [line, ...own, ...headers, `Content-Length: ${body.length}`, '', body]);
    },
    answer: (to, request, status, extra = [], body = '') => {
      const copied = ['Via', 'Record-Route', 'From', 'Call-ID', 'CSeq'].flatMap((name) => request.values(name).map((v) => `${name}: ${v}`));
      const [called = ''] = request.values('To');
      const tagged = /;tag=/.test(called) ? called : `${called};tag=callee${at.replace(/\W/g, '')}`;
      send(socket, to, [`SIP/2.0 ${status} Whatever`, ...copied, `To: ${tagged}`, ...extra, `Content-Length: ${body.length}`, '', body]);
    },
    hear: async (fits) => {
      for (let i = 0; i < 200; i++) {
        const index = heard.findIndex(fits);
        if (index >= 0) return heard.splice(index, 1)[0]!;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error(`not heard; what was: ${heard.map(({ text }) => text.split('\r\n', 1)[0]).join(' | ')}`);
    },
    close: () => socket.close(),
  };
}

function send(socket: Socket, to: { readonly address: string; readonly port: number }, lines: readonly string[]): void {
  socket.send(Buffer.from(lines.join('\r\n'), 'latin1'), to.port, to.address);
}

function read(text: string): Heard {
  const lines = text.split('\r\n');
  const [first = ''] = lines;
  const status = /^SIP\/2.0 (\d+)/.exec(first)?.[1];
  return {
    text,
    method: status === undefined ? first.split(' ', 1)[0] : undefined,
    body: text.slice(text.indexOf('\r\n\r\n') + 4),
    status: status === undefined ? undefined : Number(status),
    values: (name) => lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2)),
  };
}

/** The Authorization line that answers a challenge (RFC 2617, MD5, `auth` where offered). */
export function credentials(challenge: Heard, user: string, password: string, method: string, uri: string): string {
  const [proxy] = challenge.values('Proxy-Authenticate');
  const line = proxy ?? challenge.values('WWW-Authenticate')[0] ?? '';
  const part = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(line)?.[1] ?? '';
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  const [one, two] = [md5(`${user}:${part('realm')}:${password}`), md5(`${method}:${uri}`)];
  const offered = /qop=/.test(line);
  const response = md5(offered ? `${one}:${part('nonce')}:00000001:abcd:auth:${two}` : `${one}:${part('nonce')}:${two}`);
  const qop = offered ? ', qop=auth, cnonce="abcd", nc=00000001' : '';
  return (
    `${proxy === undefined ? 'Authorization' : 'Proxy-Authorization'}: Digest username="${user}", realm="${part('realm')}", ` +
    `nonce="${part('nonce')}", uri="${uri}", response="${response}", algorithm=MD5${qop}`
  );
}

/** Waits until a SIP server answers: an OPTIONS from its own segment, so that nothing of it crosses the router. */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:dgram';
import type { Segment } from '../scenario.ts';

/** Asks every 100 ms. Resolves to undefined at the first answer, to what is wrong after `ms`. */
export async function ready(
  segment: Pick<Segment, 'socket'>,
  at: { readonly address: string; readonly port: number },
  ms: number,
): Promise<string | undefined> {
  const socket = await segment.socket(at.address, 0);
  try {
    return await ask(socket, at, ms);
  } finally {
    socket.close();
  }
}

function ask(socket: Socket, at: { readonly address: string; readonly port: number }, ms: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const send = (): void => socket.send(options(at.address, at.port, socket.address().port), at.port, at.address);
    const timer = setInterval(send, 100);
    const end = setTimeout(() => done(`did not answer within ${ms} ms`), ms);
    const done = (trouble?: string): void => {
      clearInterval(timer);
      clearTimeout(end);
      resolve(trouble);
    };
    socket.on('message', () => done());
    // A port nobody listens on yet may come back as an error of the socket.
    socket.on('error', () => {});
    send();
  });
}

function options(address: string, port: number, own: number): string {
  const id = randomBytes(8).toString('hex');
  return [
    `OPTIONS sip:${address}:${port} SIP/2.0`,
    `Via: SIP/2.0/UDP ${address}:${own};rport;branch=z9hG4bK${id}`,
    'Max-Forwards: 5',
    `From: <sip:${address}>;tag=${id}`,
    `To: <sip:${address}:${port}>`,
    `Call-ID: ${id}`,
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}

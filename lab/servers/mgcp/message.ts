/** MGCP messages of the lab's own call agent and gateway (RFC 3435 §3): written and read without `src/decode`. */

/** A parameter line: `O` and `L/hd` of `O: L/hd`. */
export type Line = readonly [name: string, value: string];

/** A command or the response to one. */
export interface MgcpMessage {
  /** `CRCX` …; empty in a response. */
  readonly verb: string;
  /** Response code; 0 in a command. */
  readonly code: number;
  readonly transaction: number;
  /** `aaln/1@gateway` of a command. */
  readonly endpoint: string;
  readonly lines: readonly Line[];
  /** Session description, empty if there is none. */
  readonly body: string;
}

const COMMAND = /^([A-Z]{4}) (\d{1,9}) (\S+) MGCP 1\.0/i;
const RESPONSE = /^(\d{3}) (\d{1,9})/;

/** Reads a datagram of one message; undefined if it is none. */
export function readMgcp(bytes: Uint8Array): MgcpMessage | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1').replace(/\r\n/g, '\n');
  const end = text.indexOf('\n\n');
  const [first = '', ...rest] = (end < 0 ? text : text.slice(0, end)).split('\n');
  const body = end < 0 ? '' : text.slice(end + 2).replace(/\n/g, '\r\n');
  const lines = rest.flatMap((line): Line[] => {
    const colon = line.indexOf(':');
    return colon < 0 ? [] : [[line.slice(0, colon).trim().toUpperCase(), line.slice(colon + 1).trim()]];
  });
  const command = COMMAND.exec(first);
  if (command) {
    const [, verb = '', transaction, endpoint = ''] = command;
    return { verb: verb.toUpperCase(), code: 0, transaction: Number(transaction), endpoint, lines, body };
  }
  const response = RESPONSE.exec(first);
  return response ? { verb: '', code: Number(response[1]), transaction: Number(response[2]), endpoint: '', lines, body } : undefined;
}

/** Writes a message. */
export function writeMgcp({ verb, code, transaction, endpoint, lines, body }: MgcpMessage): Buffer {
  const first = verb === '' ? `${code} ${transaction} ${COMMENTS[code] ?? 'OK'}` : `${verb} ${transaction} ${endpoint} MGCP 1.0`;
  const head = [first, ...lines.map(([name, value]) => `${name}: ${value}`)].join('\r\n');
  return Buffer.from(body === '' ? `${head}\r\n` : `${head}\r\n\r\n${body}`, 'latin1');
}

const COMMENTS: Readonly<Record<number, string>> = {
  250: 'Connection Deleted',
  400: 'Transient Error',
  500: 'Endpoint Unknown',
  515: 'Incorrect Connection-Id',
};

/** First value of a parameter, or an empty text. */
export function lineOf(message: MgcpMessage | undefined, name: string): string {
  return message?.lines.find((line) => line[0] === name)?.[1] ?? '';
}

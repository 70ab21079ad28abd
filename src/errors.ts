/**
 * Every error code of Ringfence, once. Documented in docs/reference/errors.md, which a test holds to this list.
 */

export const ERRORS = {
  'capture-not-found': 'The file does not exist or cannot be read.',
  'capture-not-a-capture': 'The file is neither pcap nor pcapng.',
  'capture-unsupported-link': 'The capture has a link type that Ringfence does not read; its packets are counted and skipped.',
  'capture-truncated': 'The file ends inside a record; everything before it was read.',
  'capture-corrupt': 'A record of the file makes no sense; everything before it was read.',
  'capture-compressed-corrupt': 'The compressed data is damaged; everything before the damage was read.',
  interrupted: 'Reading was interrupted (SIGINT); what had been read is reported.',
  'config-invalid': 'The configuration has a fault.',
  'rule-invalid': 'A rule file has a fault.',
  'dna-invalid': 'A file of known clients has a fault.',
  'rule-duplicate': 'Two rule files have the same id.',
  'segment-corrupt': 'A block of an Event segment fails its checksum; blocks before it were read.',
  'segment-version': 'The Event segment was written by a newer version.',
  'output-failed': 'An output could not be written.',
  'run-invalid': 'A folder given to `eval` is not a complete run of the lab.',
  usage: 'The command line has a fault.',
} as const;

/** A code of the list above. */
export type ErrorCode = keyof typeof ERRORS;

/** Something the user can put right: what, where and what to do, in its message. */
export class RingfenceError extends Error {
  readonly code: ErrorCode;
  /** File, or file:line:column. */
  readonly where: string;

  constructor(code: ErrorCode, where: string, message: string) {
    super(message);
    this.name = 'RingfenceError';
    this.code = code;
    this.where = where;
  }
}

/** A fault that did not stop the work: reported, counted, changes the exit code. */
export interface Fault {
  readonly code: ErrorCode;
  readonly where: string;
  /** Byte offset in the file, where it applies. */
  readonly offset?: number;
  readonly message: string;
}

/** The logs of the servers of a week: the lines of all recordings at the times of the week. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../../eval/runs.ts';
import { localTime } from '../servers/serverlog.ts';
import { disguisedText, type Guise } from './disguise.ts';

/** Logs that detectors of the evaluation read, or a person looks into. */
export const LOGS: readonly string[] = ['security.log', 'pike.log'];

/** A line without its time. */
export interface LogLine {
  readonly time: number;
  readonly text: string;
}

const LINE = /^\[(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3})(\d{3})\] (.*)$/;

/** The lines of a run's log, moved by `shift` µs; with a guise only those that name its attacker, in disguise. */
export function logLines(run: Run, name: string, shift: number, guise?: Guise): LogLine[] {
  const file = join(run.logs, name);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line): LogLine[] => {
      const [, day, clock, micros, said = ''] = LINE.exec(line) ?? [];
      if (day === undefined || clock === undefined) return [];
      const text = guise === undefined ? said : disguisedText(said, guise);
      if (guise !== undefined && text === said) return [];
      return [{ time: Date.parse(`${day}T${clock}Z`) * 1000 + Number(micros) + shift, text }];
    });
}

/** The log file of these lines. */
export function logText(lines: readonly LogLine[]): string {
  return lines
    .toSorted((a, b) => a.time - b.time)
    .map(({ time, text }) => `[${localTime(time)}] ${text}\n`)
    .join('');
}

/** What levels, outcomes and stages look like to a person, the same in the report and on the page. */
import type { Incident, Level, Outcome, Stage } from '../types.ts';
import { severity, WARNING } from './findings.ts';

/** How a level looks. */
export function toneOf(level: Level): 'bad' | 'warn' | 'plain' {
  return severity(level) >= severity('high') ? 'bad' : severity(level) >= WARNING ? 'warn' : 'plain';
}

/** What is said of an outcome behind a level. */
export const OUTCOME_NOTES: Readonly<Record<Outcome, string>> = { succeeded: ', succeeded', failed: ', failed', unknown: '' };

/** What an attacker does in a stage. */
export const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  recon: 'looks around',
  enumerate: 'finds users',
  credential: 'passwords',
  abuse: 'abuses',
  disrupt: 'disrupts',
  none: '',
};

/** The other addresses of an incident, each with why it belongs there; what shows only shared knowledge is said so. At most `most` of them. */
export function othersText({ others }: Incident, most: number): string {
  const shown = others
    .slice(0, most)
    .map(({ address, reason, kind }) => `${address} (${kind === 'same actor' ? '' : 'perhaps someone else: '}${reason})`);
  return shown.join(', ') + (others.length > most ? ` and ${others.length - most} more` : '');
}

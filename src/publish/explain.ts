/** The page of `ringfence explain`: one message, stage by stage. Everything on it is neutral. */
import { listed, type Page, paint } from './layout.ts';
import { neutral } from './neutral.ts';

/** Most characters of one line of a stage. */
const MOST = 600;

/** What a stage made of a message: lines of a name and a text, secrets already masked. */
export interface StageNote {
  readonly stage: string;
  readonly lines: readonly (readonly [name: string, text: string])[];
}

/** The page of one message. Stages without lines say `nothing`. */
export function explainPage(title: string, notes: readonly StageNote[], page: Page): string {
  const parts = notes.map(({ stage, lines }) => {
    const rows = lines.map(([name, text]) => [neutral(name, 30), neutral(text, MOST)] as const);
    const body = rows.length === 0 ? [`  ${paint(page, 'faint', 'nothing')}`] : listed(rows, page);
    return [paint(page, 'title', stage), ...body].join('\n');
  });
  return `${[paint(page, 'title', neutral(title, MOST)), ...parts].join('\n\n')}\n`;
}

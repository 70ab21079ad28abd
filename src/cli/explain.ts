/** `ringfence explain FILE --packet N | --call-id ID`: what each stage makes of a message. */
import { addressText, portOf, text } from '../bytes.ts';
import { type CaptureReader, openCapture } from '../capture/reader.ts';
import { RingfenceError } from '../errors.ts';
import { Pipeline } from '../pipeline.ts';
import { explainPage, type StageNote } from '../publish/explain.ts';
import type { Page } from '../publish/layout.ts';
import { type Output, pageOf, print } from '../publish/print.ts';
import type { Packet } from '../types.ts';
import { captureNote, decodeNote } from './decoded.ts';
import { correlateNote, detectNote } from './judged.ts';
import { loadSettings, type SettingsOptions } from './settings.ts';
import { trackNote } from './tracked.ts';

/** Options of the command line. */
export interface ExplainOptions extends SettingsOptions {
  /** Frame number. */
  readonly packet?: string;
  readonly callId?: string;
  readonly color?: boolean;
}

/**
 * Prints a page for the frame, or one for each message of the call.
 * @returns the exit code, 0.
 * @throws RingfenceError `usage` if neither or a wrong number is given, or there is no such message; faults of the capture.
 */
export async function runExplain(file: string, options: ExplainOptions, out: Output = process.stdout): Promise<number> {
  const wanted = wantedOf(options);
  const { config, rules, known } = loadSettings(options);
  const reader = await openCapture(file, { seed: config.seed });
  try {
    const pipeline = new Pipeline({ config, rules, known, boot: 1, sinks: { events: true, calls: true } });
    const pages = explained(reader, pipeline, wanted, pageOf(out, options.color));
    await print(out, pages);
    return 0;
  } finally {
    await reader.close();
  }
}

/** Which messages are asked for. */
type Wanted = { readonly frame: number } | { readonly callId: string };

function wantedOf({ packet, callId }: ExplainOptions): Wanted {
  if (callId !== undefined) return { callId };
  if (packet === undefined) throw new RingfenceError('usage', '', 'say which message: --packet NUMBER or --call-id ID');
  if (!/^[1-9]\d{0,14}$/.test(packet))
    throw new RingfenceError('usage', '--packet', `--packet wants a frame number from 1, not "${packet}"`);
  return { frame: Number(packet) };
}

async function* explained(reader: CaptureReader, pipeline: Pipeline, wanted: Wanted, page: Page): AsyncGenerator<string, void, void> {
  let found = 0;
  while (await reader.fill()) {
    while (reader.next()) {
      const { packet } = reader;
      if ('frame' in wanted && packet.frameNumber > wanted.frame) throw skipped(wanted.frame);
      pipeline.handle(packet);
      // Taken after every packet, so that what is left belongs to the one that is asked for.
      const up = pipeline.drain();
      if (!isWanted(packet, pipeline, wanted)) continue;
      if (found++ > 0) yield `${'-'.repeat(Math.min(page.width, 80))}\n\n`;
      yield explainPage(titleOf(packet), notesOf(packet, pipeline, up), page);
      if ('frame' in wanted) return;
    }
  }
  if (found > 0) return;
  if ('frame' in wanted && wanted.frame <= reader.counts.frames) throw skipped(wanted.frame);
  const all = `there are ${reader.counts.frames} frames in the file`;
  throw new RingfenceError(
    'usage',
    '',
    'frame' in wanted ? `there is no frame ${wanted.frame}: ${all}` : `no message has this Call-ID; ${all}`,
  );
}

function isWanted(packet: Packet, pipeline: Pipeline, wanted: Wanted): boolean {
  if ('frame' in wanted) return packet.frameNumber === wanted.frame;
  const m = pipeline.observation?.message;
  return m !== undefined && text(m.bytes, m.callId.start, m.callId.end) === wanted.callId;
}

function skipped(frame: number): RingfenceError {
  return new RingfenceError(
    'usage',
    '',
    `frame ${frame} holds nothing that is read here: another protocol, a part of what a later frame makes whole, or damage`,
  );
}

function titleOf({ where, frameNumber, src, dst }: Packet): string {
  return `Frame ${frameNumber} of ${where.file}: ${addressText(src)}:${portOf(src)} to ${addressText(dst)}:${portOf(dst)}`;
}

function notesOf(packet: Packet, pipeline: Pipeline, up: ReturnType<Pipeline['drain']>): StageNote[] {
  return [
    captureNote(packet),
    decodeNote(packet, pipeline.observation?.message),
    trackNote(pipeline.observation),
    detectNote(up.events, packet),
    correlateNote(
      up.events.map((event) => ({ event, looks: pipeline.look(event) })),
      up.alerts,
    ),
  ];
}

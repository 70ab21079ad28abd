/** Packets that an attacker sent and nobody captured: how many of them the far network explains. */
import type { Label } from './folder.ts';

/** Standard deviations of the number of lost packets beyond which loss does not explain it. */
const SURPRISE = 5;

/** What is wrong with the labels without a frame where the far network loses this share (0 to 1) of the packets; undefined if nothing. */
export function unexplained(labels: readonly Pick<Label, 'frame'>[], loss: number): string | undefined {
  const lost = labels.filter(({ frame }) => frame === undefined).length;
  const most = loss === 0 ? 0 : 1 + labels.length * loss + SURPRISE * Math.sqrt(labels.length * loss * (1 - loss));
  return lost <= most ? undefined : `${lost} of ${labels.length} labels have no frame, and a loss of ${loss * 100} % does not explain it`;
}

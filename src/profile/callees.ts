/**
 * Whom an account calls (S1-52): how its calls spread over the people it calls, and the shape of that list, whoever is on it: how many
 * of the calls the most called has, the second, the next. Both are compared by Hellinger's distance, 0 for alike, 1 for nothing in common.
 * A day of two calls says little about a distribution: each day is mixed with some calls of the usual kind, so that the distance grows
 * with what there is to go by.
 */

/** People that are remembered; who calls more has the rest among the strangers. */
const PEOPLE = 32;
/** Calls of the usual kind that each day is mixed with. */
const PRIOR_CALLS = 4;
/** What remains of a count after a day: half after three weeks. */
const FADING = 0.97;
/** Places on the list that are told apart: first, second, third and fourth, up to the eighth, the rest. */
const RANKS = [1, 2, 4, 8] as const;
const SHAPE = RANKS.length + 1;

/** How often each was called. Plain data: hashes of people, `count[i]` calls to `person[i]`. */
export interface CalleeCounts {
  known: number;
  /** Calls in all. */
  calls: number;
  /** Calls to whom was not known before (of a day: who found no place in the list). */
  strangers: number;
  readonly person: Int32Array;
  readonly count: Float32Array;
}

/** Whom an account calls usually: people, and the shape of its days. */
export interface UsualCallees extends CalleeCounts {
  /** Shares of the calls of a day by rank, weighed by calls; they sum up to 1 once a day was learnt. */
  readonly shape: Float32Array;
}

/** Nobody was called. */
export function createCallees(): CalleeCounts {
  return { known: 0, calls: 0, strangers: 0, person: new Int32Array(PEOPLE), count: new Float32Array(PEOPLE) };
}

/** Nobody was ever called. */
export function createUsualCallees(): UsualCallees {
  return { ...createCallees(), shape: new Float32Array(SHAPE) };
}

/** Forgets them. */
export function clearCallees(list: CalleeCounts): void {
  list.known = 0;
  list.calls = 0;
  list.strangers = 0;
}

/** Index of a person, -1 if he is not on the list. */
export function placeOf({ known, person }: CalleeCounts, who: number): number {
  for (let i = 0; i < known; i++) if (person[i] === who) return i;
  return -1;
}

/** One more call to a person, today. Returns his index, -1 if the list is full. */
export function addCall(day: CalleeCounts, who: number): number {
  day.calls++;
  let at = placeOf(day, who);
  if (at < 0 && day.known < PEOPLE) {
    at = day.known++;
    day.person[at] = who;
    day.count[at] = 0;
  }
  if (at < 0) day.strangers++;
  else day.count[at]!++;
  return at;
}

/** Calls of the day to whom the account had not called before. */
export function callsToStrangers(day: CalleeCounts, usual: UsualCallees): number {
  let calls = day.strangers;
  for (let i = 0; i < day.known; i++) if (placeOf(usual, day.person[i]!) < 0) calls += day.count[i]!;
  return calls;
}

/** Hellinger distance between how the calls of the day and the usual calls spread over people; all strangers are one person. */
export function hellinger(day: CalleeCounts, usual: UsualCallees): number {
  const total = weightOf(usual);
  if (total === 0 || day.calls === 0) return 0;
  let alike = 0;
  let strangers = day.strangers;
  const whole = day.calls + PRIOR_CALLS;
  const affinity = (today: number, share: number): number => Math.sqrt(((today + PRIOR_CALLS * share) / whole) * share);
  let met = 0;
  for (let i = 0; i < day.known; i++) {
    const at = placeOf(usual, day.person[i]!);
    if (at < 0) strangers += day.count[i]!;
    else {
      const share = usual.count[at]! / total;
      met += share;
      alike += affinity(day.count[i]!, share);
    }
  }
  const stranger = usual.strangers / total;
  // Whom nobody called today has only what the day was mixed with: his share times a constant.
  alike += affinity(strangers, stranger) + Math.max(0, 1 - met - stranger) * Math.sqrt(PRIOR_CALLS / whole);
  return Math.sqrt(Math.max(0, 1 - alike));
}

/** Hellinger distance between the shape of the day's list of callees and the usual shape. */
export function shapeDistance(day: CalleeCounts, usual: UsualCallees): number {
  if (usual.calls === 0 || day.calls === 0) return 0;
  const whole = day.calls + PRIOR_CALLS;
  shapeOf(day);
  let alike = 0;
  for (let i = 0; i < SHAPE; i++) {
    const share = usual.shape[i]!;
    alike += Math.sqrt(((ranks[i]! + PRIOR_CALLS * share) / whole) * share);
  }
  return Math.sqrt(Math.max(0, 1 - alike));
}

const ranks = new Float32Array(SHAPE);
const sorted = new Float32Array(PEOPLE);

/** Calls of a day by rank of who was called, into `ranks`. */
function shapeOf(day: CalleeCounts): void {
  ranks.fill(0);
  const part = sorted.subarray(0, day.known);
  part.set(day.count.subarray(0, day.known));
  part.sort();
  let group = 0;
  for (let rank = 0; rank < day.known; rank++) {
    if (group < RANKS.length && rank >= RANKS[group]!) group++;
    ranks[group]! += part[day.known - 1 - rank]!;
  }
  ranks[SHAPE - 1]! += day.strangers;
}

/** Learns the calls of a day; they fade for the `days` until the next one. */
export function learnCallees(usual: UsualCallees, day: CalleeCounts, days: number): void {
  shapeOf(day);
  const before = usual.calls;
  const strangers = callsToStrangers(day, usual);
  usual.calls += day.calls;
  usual.strangers += strangers;
  for (let i = 0; i < SHAPE; i++) usual.shape[i] = (usual.shape[i]! * before + ranks[i]!) / usual.calls;
  for (let i = 0; i < day.known; i++) keep(usual, day.person[i]!, day.count[i]!);
  fade(usual, FADING ** days);
}

function fade(usual: UsualCallees, rest: number): void {
  usual.calls *= rest;
  usual.strangers *= rest;
  for (let i = 0; i < usual.known; i++) usual.count[i]! *= rest;
}

/** Adds calls to a person; if the list is full, in place of whom is called least. */
function keep(usual: UsualCallees, who: number, calls: number): void {
  let at = placeOf(usual, who);
  if (at < 0) {
    at = usual.known < PEOPLE ? usual.known++ : leastOf(usual);
    usual.person[at] = who;
    usual.count[at] = 0;
  }
  usual.count[at]! += calls;
}

function leastOf({ count }: CalleeCounts): number {
  let least = 0;
  for (let i = 1; i < PEOPLE; i++) if (count[i]! < count[least]!) least = i;
  return least;
}

/** What the shares of people and strangers are parts of. A first call counts for both: its callee is known from then on. */
function weightOf({ known, count, strangers }: CalleeCounts): number {
  let total = strangers;
  for (let i = 0; i < known; i++) total += count[i]!;
  return total;
}

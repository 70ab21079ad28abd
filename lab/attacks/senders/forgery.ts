/** The course of every attack that forges messages of other people's calls: make calls, let them talk, strike, see what came of it. */
import type { AttackClass, Stage } from '../../../src/types.ts';
import type { AttackId } from '../../record/folder.ts';
import type { CampaignHandle, Intensity, Lab } from '../../scenario.ts';
import { callIdsOf, Disguise, forgedSources, guessed, type SideName, type Stolen, type Way, wayOf } from './stolen.ts';
import { finished, type Victim, victims, type Wanted } from './victims.ts';

/** One strike. */
export interface Scene {
  readonly lab: Lab;
  readonly campaign: CampaignHandle;
  readonly way: Way;
  readonly disguise: Disguise;
  readonly victim: Victim;
  /** What the attacker knows of the call, or guesses. */
  readonly call: Stolen;
  /** In whose name he speaks; the other side is fooled. */
  readonly as: SideName;
}

/** What sets one such attack apart. */
export interface Forgery {
  readonly attack: AttackId;
  readonly classes: readonly AttackClass[];
  readonly stage: Stage;
  readonly ways: Readonly<Record<string, Way>>;
  readonly wanted: Wanted;
  /** In whose name; drawn if absent. */
  readonly as?: SideName;
  /** Milliseconds before the first strike, and after the last one. */
  readonly before: number;
  readonly after: number;
  /** Does it to one call; true if it had its effect. */
  readonly strike: (scene: Scene) => Promise<boolean>;
}

/** Runs it. @throws Error if no call came about. */
export async function forge(lab: Lab, intensity: Intensity, forgery: Forgery): Promise<void> {
  const { attack, classes, stage, strike, wanted } = forgery;
  const way = wayOf(forgery.ways, intensity.name);
  const calls = await victims(lab, way.inside ? way.calls : 2, wanted);
  if (calls.length === 0) throw new Error('no call to attack came about');
  await lab.sleep(forgery.before);
  const as = forgery.as ?? lab.random.pick(['caller', 'called'] as const);
  const known = calls.map((victim) => victim.stolen());
  const targets = known.flatMap(callIdsOf);
  const spoofed = forgedSources(lab, way, known, as);
  const campaign = lab.campaign({ attack, classes, stage, intensity: intensity.name, spoofed, targets });
  const disguise = await Disguise.open(lab, campaign, 'attack', way);
  const strikes: Promise<boolean>[] = [];
  for (let i = 0; i < way.calls; i++) {
    const victim = calls[i % calls.length]!;
    const call = known[i % known.length]!;
    const scene = { lab, campaign, way, disguise, victim, as, call: way.inside ? call : guessed(call, lab.random) };
    strikes.push(strike(scene));
    await lab.sleep(Math.min(1_000, lab.random.exponential(way.inside ? 300 : 80)));
  }
  const worked = (await Promise.all(strikes)).some((effect) => effect);
  await lab.sleep(forgery.after);
  campaign.end(worked ? 'succeeded' : 'failed', { attackers: way.source === 'own' ? [disguise.actor.address] : [] });
  disguise.close();
  await finished(lab, calls, 12_000);
}

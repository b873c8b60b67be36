import { z } from 'zod';
import type { Delivery, User } from '../../generated/prisma/client.ts';
import { type Context, requestContext, type Services } from '../../graphql/context.ts';
import type { Db } from '../../platform/database.ts';
import { digestPlanOf } from '../attention/access.ts';
import { choose, contentOf } from './content.ts';
import { tokenOf } from './link.ts';
import { type DigestMessage, messageOf } from './message.ts';

/** What a digest is made into. */
export interface Composed {
  /** Null: there is nothing to tell. */
  readonly message: DigestMessage | null;
  /** Notifications in it. */
  readonly count: number;
  /** Ids of deliveries that are not in it after all, by the reason. */
  readonly leftOut: ReadonlyMap<string, readonly string[]>;
}

const mailAddress = z.email();

/** Where somebody's mail goes; null: nowhere, because they have no address, or one that is none, or are deactivated. */
export function addressOf({ email, deactivatedAt }: Pick<User, 'email' | 'deactivatedAt'>): string | null {
  return deactivatedAt === null && mailAddress.safeParse(email).success ? email : null;
}

/** Makes the viewer's digest of what is held for it, with what they may read now. */
export async function compose(
  context: Context,
  deliveries: readonly Delivery[],
  { person, slot, id, now }: { person: User; slot: Date; id: string; now: Date },
): Promise<Composed> {
  const { db, config } = context;
  const address = addressOf(person);
  const { timeZone } = digestPlanOf(await rowOf(db, person.id), config);
  const { notifications, dropped } = await choose(db, deliveries, now);
  const { content, unreadable } = await contentOf(context, notifications, { timeZone, slot });
  const lost = deliveries.filter(({ notificationId }) => unreadable.includes(notificationId ?? ''));
  const leftOut = new Map<string, readonly string[]>([...dropped, ['NO_ACCESS', lost.map((delivery) => delivery.id)]]);
  if (!content || address === null) return { message: null, count: 0, leftOut };
  const to = { name: person.name, address };
  const token = await tokenOf(db, person.id);
  return { message: await messageOf(content, { to, token, id, slot, now, config }), count: content.count, leftOut };
}

const rowOf = (db: Db, userId: string) => db.attention.findUnique({ where: { userId } });

/** What is done in somebody's name while they are not there, with their rights. */
export function contextOf(services: Services, { id: userId, workspaceId, role }: User, correlationId: string): Context {
  const session = {
    id: correlationId,
    transport: 'http',
    connectedAt: services.clock.now(),
    tokenExpiresAt: undefined,
    ip: undefined,
    userAgent: undefined,
  } as const;
  return requestContext(services, { viewer: { userId, workspaceId, workspaceRole: role, session }, correlationId });
}

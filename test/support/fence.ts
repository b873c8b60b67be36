import type { Delivery, Subscription } from './subscription.ts';

/**
 * Proves absence: does something whose event this stream must show, and returns what came before that event, which
 * a test then expects to be nothing: `expect(await arrivedBefore(stream, 'TaskCreated', () => world.task(…))).toEqual([])`.
 * Without a fence one was set already. Streams are in order within a topic, so the fence must be an event of the topic in question.
 */
export async function arrivedBefore<Data>(
  stream: Subscription<Data>,
  kind: string,
  fence: () => Promise<unknown> = async () => undefined,
): Promise<Delivery<Data>[]> {
  await fence();
  const before: Delivery<Data>[] = [];
  for (;;) {
    const delivery = await stream.next();
    if (isOfKind(delivery, kind)) return before;
    before.push(delivery);
  }
}

function isOfKind({ value }: { value: unknown }, kind: string): boolean {
  return (value as { __typename?: string } | null)?.__typename === kind;
}

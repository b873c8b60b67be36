import type { Publish } from '../belfry-server.ts';
import type { Wire } from './connection.ts';
import type { Child } from './ipc.ts';
import type { Stage } from './stage.ts';
import type { World } from './world.ts';

/** One of the servers that are compared. */
export interface Contender {
  readonly name: string;
  /** The process whose CPU is counted. */
  readonly server: Child;
  readonly port: number;
  readonly wire: Wire;
  /** A subscription whose result is shared by nobody but those with the same number. */
  document(group: number): string;
  /** Its own topic in place of another: two Belfrys on one database would hear each other's events. */
  readonly topicFor?: (topic: string) => string;
  /** Commits and publishes one fact for each, and answers the moment (of `nowMs`) just before the commit. */
  publish(facts: Publish['facts']): Promise<number>;
}

const graphql = (path: string): Wire => ({ kind: 'graphql', path, protocol: 'graphql-transport-ws' });
const fields = 'id title description status priority dueAt version createdAt';
/** An alias of its own gives a document a selection of its own. */
const own = (group: number): string => (group === 0 ? '' : ` g${group}: __typename`);
const flat = (group: number): string =>
  `subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { ${fields}${own(group)} } }`;
const nested = (group: number): string =>
  `subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { task { ${fields}${own(group)} } } }`;

interface Peer {
  readonly file: string;
  readonly wire: Wire;
}

const peers: Readonly<Record<string, Peer>> = {
  raw: { file: 'peers/raw.mjs', wire: { kind: 'raw', path: '/?topic={topic}' } },
  'socket.io': {
    file: 'peers/socket-io.mjs',
    wire: { kind: 'socket.io', path: '/socket.io/?EIO=4&transport=websocket&topic={topic}' },
  },
  yoga: { file: 'peers/yoga.mjs', wire: graphql('/graphql') },
  apollo: { file: 'peers/apollo.mjs', wire: graphql('/graphql') },
  mercurius: { file: 'peers/mercurius.mjs', wire: graphql('/graphql') },
};

/** Everybody, the one that the others are compared with first. */
export const everybody: readonly string[] = ['raw', 'belfry', 'socket.io', 'mercurius', 'apollo', 'yoga'];

/**
 * Starts a server under test. Belfry's events are committed by another Belfry and reach this one through the bell:
 * what is counted is delivery: reading the log, access, execution, writing. For the others the same rows and events
 * are committed by the same process, and then they are handed a ready object: the machine has the same to do in
 * everybody's turn, and the same moment is the beginning.
 */
export async function startContender(stage: Stage, world: World, name: string, database = false): Promise<Contender> {
  if (name === 'belfry' || name === 'other') {
    const server = await (name === 'belfry' ? stage.belfry() : stage.other());
    const [mine, twin] = world.projects;
    const twins = new Map(mine?.taskIds.map((taskId, nth) => [taskId, twin?.taskIds[nth] ?? taskId]));
    const topicFor = (topic: string): string => (topic === mine?.id ? (twin?.id ?? topic) : topic);
    const translated = (facts: Publish['facts']): Publish['facts'] =>
      name === 'belfry'
        ? facts
        : facts.map(({ projectId, taskId, mark }) => ({
            projectId: topicFor(projectId),
            taskId: twins.get(taskId) ?? taskId,
            mark,
          }));
    return {
      name,
      server,
      port: await server.call<number>('port'),
      wire: graphql('/graphql'),
      document: nested,
      ...(name === 'other' && { topicFor }),
      publish: (facts) =>
        stage.writer.call('publish', { actorId: world.ownerId, facts: translated(facts) } satisfies Publish),
    };
  }
  const peer = peers[name];
  if (!peer) throw new Error(`nobody is called ${name}; there are ${everybody.join(', ')}`);
  const server = await stage.peer(peer.file, database);
  return {
    name,
    server,
    port: await server.call<number>('port'),
    wire: peer.wire,
    document: flat,
    async publish(facts) {
      const spared = facts.map(({ mark }, nth) => ({
        projectId: world.spare.id,
        taskId: world.spare.taskIds[nth % world.spare.taskIds.length] as string,
        mark,
      }));
      const committedAt = await stage.writer.call<number>('publish', { actorId: world.ownerId, facts: spared });
      await server.call('publish', { facts });
      return committedAt;
    },
  };
}

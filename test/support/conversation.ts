// Streams over conversations, and operations over a socket whose answer is waited for.
import type { TestApp } from './app.ts';
import type { Data, Document, Variables } from './request.ts';
import type { ClientError, TestSocket } from './socket.ts';
import type { Person } from './world.ts';

/** `events`, with what it says of messages and people. */
export const streamOfEvents = `subscription ($topics: [TopicRef!]!, $after: [Cursor!]) {
  events(topics: $topics, after: $after) {
    __typename
    ... on Event { id cursor topic { id } actor { id } }
    ... on MessageEvent { message { id content isEdited deletedAt author { id } } }
    ... on MemberAdded { user { id } }
    ... on MemberRemoved { user { id } }
    ... on AccessLost { topicId }
  } }`;

/** A conversation as `TopicRef` names it, alone. */
export const only = ({ id }: { id: string }) => [{ kind: 'CONVERSATION', id }];

/** Connects somebody to a server and follows topics; the stream has told where it begins. */
export async function follow(server: TestApp, person: Person, topics: object[]) {
  const socket = await server.socket(person);
  const stream = await socket.subscribe(streamOfEvents, { topics });
  await stream.next('Checkpoint');
  return { person, socket, stream };
}

/** Runs a query or mutation over a socket and resolves with its answer: the acknowledgement of the documents. */
export async function say<D extends Document>(
  socket: TestSocket,
  document: D,
  variables: Variables<D>,
): Promise<Data<D>> {
  const operation = await socket.subscribe(document, variables);
  const { data } = await operation.next();
  await operation.completed();
  return data;
}

/** {@link say} where it is to be refused: the error. */
export async function refused<D extends Document>(
  socket: TestSocket,
  document: D,
  variables: Variables<D>,
): Promise<ClientError> {
  return (await socket.subscribe(document, variables)).error();
}

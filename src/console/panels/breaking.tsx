import { useState } from 'react';
import { useConnectionState } from '../../client/urql/index.ts';
import { useAct, useRead } from '../data.ts';
import { addMember, createConversation, removeMember } from '../documents/breaking.ts';
import { sendMessage } from '../documents/conversation.ts';
import { boardQuery, createTask } from '../documents/tasks.ts';
import { options } from '../options.ts';
import { usePerson } from '../person.ts';

const burst = 20;
const stopReadingMs = 20_000;

type Button = readonly [name: string, words: string, run: () => unknown];
/** Anything else: not to be done here. */
type Row = Button | false | undefined;

function isThere(row: Row): row is Button {
  return Boolean(row);
}

/** Things that go wrong, on purpose. Each says what is to be seen. */
export function Breaking(props: {
  projects: readonly { id: string; name: string }[];
  conversations: readonly { id: string }[];
  me: { id: string };
}) {
  const { projects, conversations, me } = props;
  const act = useAct();
  const person = usePerson();
  const { client, sockets } = person;
  const { state } = useConnectionState();
  const [removed, setRemoved] = useState<{ id: string; name: string }>();
  const [project] = projects;
  const [conversation] = conversations;
  const { data } = useRead(boardQuery, { projectId: project?.id ?? '' }, !project);
  const others = (data?.project?.members?.nodes ?? [])
    .filter(({ user, role }) => user.id !== me.id && role !== 'OWNER')
    .map(({ user }) => user);
  const other = removed ?? others[0];

  async function sendBurst() {
    if (!project) return;
    const numbers = Array.from({ length: burst }, (_, nth) => nth + 1);
    await Promise.all(
      numbers.map((nth) => act(createTask, { input: { projectId: project.id, title: `Burst ${nth}` } })),
    );
  }
  async function member() {
    if (!project || !other) return;
    const input = { topicId: project.id, userId: other.id };
    const done = removed ? await act(addMember, { input }) : await act(removeMember, { input });
    if (done) setRemoved(removed ? undefined : other);
  }
  const foreign = () => act(sendMessage, { input: { conversationId: 'not-theirs', content: 'Let me in' } });
  const empty = () => conversation && act(sendMessage, { input: { conversationId: conversation.id, content: ' ' } });
  const begin = () =>
    other && act(createConversation, { input: { kind: 'GROUP', title: 'A new one', participantIds: [other.id] } });

  const away = state === 'OFFLINE';
  const rows: readonly Row[] = [
    ['Drop the socket', 'Stale, then catching up, then live; what was missed is replayed.', () => sockets.drop()],
    options.development && [
      'Expire the token',
      'Refused with 4403; the client fetches a fresh one and comes back.',
      () => person.expireToken(),
    ],
    away
      ? ['Go online', 'Comes back and catches up.', () => client.reconnect()]
      : ['Go offline', 'Stays away until told otherwise; nothing is lost meanwhile.', () => client.disconnect()],
    [
      'Stop reading',
      `For ${stopReadingMs / 1000} s nothing is read; the connection is given up, and resumed.`,
      () => sockets.stopReading(stopReadingMs),
    ],
    [`Burst of ${burst}`, 'So many tasks at once; the other side shows each once.', sendBurst],
    ['Foreign conversation', 'FORBIDDEN, and nobody hears of it.', foreign],
    ['Empty message', 'VALIDATION_ERROR, with the field at fault.', empty],
    project &&
      other && [
        `${removed ? 'Add' : 'Remove'} ${other.name}`,
        `From “${project.name}”: their panel goes silent within a second.`,
        member,
      ],
    ['Begin a conversation', 'The other finds it in their inbox.', begin],
  ];
  return (
    <ul className="breaking scroll">
      {rows.filter(isThere).map(([name, words, run]) => (
        <li key={name}>
          <button type="button" onClick={() => void run()}>
            {name}
          </button>
          <span className="quiet">{words}</span>
        </li>
      ))}
    </ul>
  );
}

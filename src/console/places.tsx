import { useState } from 'react';
import { useCelebrations } from './celebrations.ts';
import { useRead } from './data.ts';
import { placesQuery } from './documents/places.ts';
import { useInboxChanges } from './inbox.ts';
import { Article } from './panels/article.tsx';
import { Attention } from './panels/attention.tsx';
import { Breaking } from './panels/breaking.tsx';
import { Conversation } from './panels/conversation.tsx';
import { EventLog } from './panels/eventLog.tsx';
import { Inbox } from './panels/inbox.tsx';
import { Tasks } from './panels/tasks.tsx';
import { Tabs } from './tabs.tsx';

const firstProject = 'website';

interface Choice {
  readonly id: string;
  readonly externalId: string | null;
  readonly name: string;
}

/** What the person sees: places above, what concerns themselves below. */
export function Places() {
  const { data, error } = useRead(placesQuery, {});
  useCelebrations();
  const { notifications, counts, version, returns } = useInboxChanges();
  /** Another one when they have come back to the place. */
  const keyOf = (id: string) => `${id} ${returns.get(id) ?? 0}`;
  if (!data) return <p className="empty">{error ?? 'Loading …'}</p>;
  const { me } = data;
  const projects = data.projects.nodes.map(({ id, externalId, name }) => choice(id, externalId, name));
  const contents = data.contents.nodes.map(({ id, externalId, title }) => choice(id, externalId, title));
  const conversations = data.conversations.nodes.map(({ id, externalId, title }) =>
    choice(id, externalId, title ?? 'Between two'),
  );
  return (
    <>
      <Tabs
        label="Places"
        tabs={[
          {
            name: 'Tasks',
            panel: (
              <Place label="Project" choices={projects} first={firstProject}>
                {(id) => <Tasks key={keyOf(id)} projectId={id} me={me} />}
              </Place>
            ),
          },
          {
            name: 'Article',
            panel: (
              <Place label="Page" choices={contents} first="article-123">
                {(id) => <Article key={keyOf(id)} contentId={id} />}
              </Place>
            ),
          },
          {
            name: 'Conversation',
            panel: (
              <Place label="Conversation" choices={conversations} first="portraits">
                {(id) => <Conversation key={keyOf(id)} conversationId={id} me={me} />}
              </Place>
            ),
          },
        ]}
      />
      <Tabs
        label="Yours"
        tabs={[
          { name: 'Inbox', hint: counts?.unread, panel: <Inbox notifications={notifications} /> },
          { name: 'Attention', panel: <Attention version={version} /> },
          { name: 'Events', panel: <EventLog /> },
          {
            name: 'Break it',
            panel: <Breaking projects={websiteFirst(projects)} conversations={conversations} me={me} />,
          },
        ]}
      />
    </>
  );
}

function websiteFirst(projects: readonly Choice[]): readonly Choice[] {
  return [...projects].sort((a, b) => Number(b.externalId === firstProject) - Number(a.externalId === firstProject));
}

function choice(id: string, externalId: string | null | undefined, name: string): Choice {
  return { id, externalId: externalId ?? null, name };
}

/** One of the person's places. */
function Place(props: {
  label: string;
  choices: readonly Choice[];
  /** External id of the one to begin with, where they have it. */
  first: string;
  children: (id: string) => React.ReactNode;
}) {
  const { label, choices, first, children } = props;
  const [chosen, setChosen] = useState(choices.find(({ externalId }) => externalId === first) ?? choices[0]);
  const here = chosen ?? choices[0];
  if (here === undefined) return <p className="empty">Nothing here is theirs.</p>;
  // Whoever is removed from a place sees that they were, and not another place.
  const shown = choices.some(({ id }) => id === here.id) ? choices : [here, ...choices];
  return (
    <>
      <label className="place">
        <span className="unseen">{label}</span>
        <select value={here.id} onChange={({ target }) => setChosen(shown.find(({ id }) => id === target.value))}>
          {shown.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
      </label>
      {children(here.id)}
    </>
  );
}

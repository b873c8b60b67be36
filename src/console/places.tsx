import { Fragment, type ReactNode, useEffect, useState } from 'react';
import { inAddress, putInAddress } from './address.ts';
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
  readonly isUnknown?: boolean;
}

/** What the person sees: places above, what concerns themselves below. */
export function Places({ side }: { side: 'left' | 'right' }) {
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
              <Place side={side} label="Project" choices={projects} first={firstProject}>
                {(id) => <Tasks key={keyOf(id)} projectId={id} me={me} />}
              </Place>
            ),
          },
          {
            name: 'Article',
            panel: (
              <Place side={side} label="Page" choices={contents} first="article-123">
                {(id) => <Article key={keyOf(id)} contentId={id} />}
              </Place>
            ),
          },
          {
            name: 'Conversation',
            panel: (
              <Place side={side} label="Conversation" choices={conversations} first="portraits">
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

/** One of the person's places: the one of the address, also where it is no longer theirs, which the API says of it. */
function Place(props: {
  side: string;
  label: string;
  choices: readonly Choice[];
  /** External id of the one to begin with, where they have it. */
  first: string;
  children: (id: string) => ReactNode;
}) {
  const { side, label, choices, first, children } = props;
  const name = `${side}-${label.toLowerCase()}`;
  const [chosen, setChosen] = useState<Choice | undefined>(() => {
    const asked = inAddress(name);
    const begin = choices.find(({ externalId }) => externalId === first) ?? choices[0];
    return asked === undefined ? begin : (theOne(choices, asked) ?? unknown(asked));
  });
  // Whoever is removed from a place sees that they were, and not another place; whoever is added again, sees it again.
  const found = chosen && (theOne(choices, chosen.id) ?? theOne(choices, chosen.externalId));
  const here = found ?? chosen ?? choices[0];
  useEffect(() => {
    if (here) putInAddress(name, here.externalId ?? here.id);
    if (found) setChosen(found);
  }, [name, here, found]);
  if (here === undefined) return <p className="empty">Nothing here is theirs.</p>;
  const shown = found ? choices : [here, ...choices];
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
      <Fragment key={here.isUnknown ? 'unknown' : 'known'}>{children(here.id)}</Fragment>
    </>
  );
}

/** One that stands in the address and is not among theirs. */
function unknown(name: string): Choice {
  return { id: name, externalId: name, name, isUnknown: true };
}

function theOne(choices: readonly Choice[], name: string | null): Choice | undefined {
  return choices.find(({ id, externalId }) => name !== null && (id === name || externalId === name));
}

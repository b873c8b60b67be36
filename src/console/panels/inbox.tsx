import { type KeyboardEvent, useState } from 'react';
import { serverNow } from '../clock.ts';
import { useAct, useRead } from '../data.ts';
import { undo, updateNotifications, whyQuery } from '../documents/inbox.ts';
import type { NotificationAction } from '../generated/graphql.ts';
import type { Notification } from '../inbox.ts';
import { hourOf, plain } from '../words.ts';
import { Undoable } from './undoable.tsx';

const snoozeMs = 30 * 60_000;
/** Keys of a notification that has the focus. */
const keys: Readonly<Record<string, NotificationAction>> = { e: 'DONE', r: 'READ', u: 'UNREAD', s: 'SNOOZE' };

/** What concerns the person, the newest first: read, done or later, each to be taken back for ten seconds. */
export function Inbox({ notifications }: { notifications: readonly Notification[] }) {
  const act = useAct();
  const [undoable, setUndoable] = useState<{ changeId: string; what: string }>();
  const [openId, setOpenId] = useState<string>();

  async function change({ id, title }: Notification, action: NotificationAction) {
    const until = action === 'SNOOZE' ? { until: new Date(serverNow().getTime() + snoozeMs).toISOString() } : {};
    const answer = await act(updateNotifications, { input: { ids: [id], action, ...until } });
    const changeId = answer?.updateNotifications.changeId;
    if (changeId) setUndoable({ changeId, what: `${plain(action)}: ${title}` });
  }
  async function takeBack() {
    if (!undoable) return;
    setUndoable(undefined);
    await act(undo, { input: { changeId: undoable.changeId } });
  }
  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const row = (event.target as HTMLElement).closest<HTMLElement>('li[data-id]');
    const one = notifications.find(({ id }) => id === row?.dataset.id);
    const action = keys[event.key];
    const step =
      event.key === 'ArrowDown' || event.key === 'j' ? 1 : event.key === 'ArrowUp' || event.key === 'k' ? -1 : 0;
    if (event.key === 'z') void takeBack();
    else if (one && action) {
      focusRow(row?.nextElementSibling ?? row?.previousElementSibling);
      void change(one, action);
    } else if (step !== 0) focusRow(step > 0 ? row?.nextElementSibling : row?.previousElementSibling);
    else return;
    event.preventDefault();
  }
  return (
    <div className="inbox">
      <p className="quiet keys">
        <kbd>↓</kbd> <kbd>↑</kbd> move, <kbd>e</kbd> done, <kbd>r</kbd> read, <kbd>s</kbd> later, <kbd>z</kbd> undo
        {undoable && (
          <Undoable
            key={undoable.changeId}
            what={undoable.what}
            takeBack={() => void takeBack()}
            isOver={() => setUndoable(undefined)}
          />
        )}
      </p>
      <ul className="scroll" aria-label="Inbox" onKeyDown={onKeyDown}>
        {notifications.length === 0 && <li className="empty">Nothing is left to look at.</li>}
        {notifications.map((one) => (
          <li key={one.id} data-id={one.id} data-state={one.state}>
            <button
              type="button"
              className="title"
              aria-expanded={openId === one.id}
              onClick={() => setOpenId(openId === one.id ? undefined : one.id)}
            >
              {one.title}
            </button>
            <span className="quiet">
              {plain(one.reason)} · <time>{hourOf(one.updatedAt)}</time>
            </span>
            <span className="actions">
              {one.state === 'UNREAD' && (
                <button type="button" aria-label={`Read: ${one.title}`} onClick={() => void change(one, 'READ')}>
                  Read
                </button>
              )}
              <button type="button" aria-label={`Later: ${one.title}`} onClick={() => void change(one, 'SNOOZE')}>
                Later
              </button>
              <button type="button" aria-label={`Done: ${one.title}`} onClick={() => void change(one, 'DONE')}>
                Done
              </button>
            </span>
            {openId === one.id && <Why id={one.id} />}
          </li>
        ))}
      </ul>
    </div>
  );
}

function focusRow(row: Element | null | undefined): void {
  row?.querySelector<HTMLElement>('.title')?.focus();
}

/** What was decided about telling the person, on every channel, in words. */
function Why({ id }: { id: string }) {
  const { data } = useRead(whyQuery, { id });
  return (
    <ul className="why">
      {data?.notification.why.map(({ id: deliveryId, channel, state, sentence }) => (
        <li key={deliveryId}>
          <b>{plain(channel)}</b> {plain(state)} <span className="quiet">{sentence}</span>
        </li>
      ))}
    </ul>
  );
}

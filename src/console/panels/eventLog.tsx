import { usePerson } from '../person.ts';
import { useStore } from '../store.ts';
import { plain, timeOf } from '../words.ts';

/** What has arrived over the socket, the newest first, each with its place in the log of its topic. */
export function EventLog() {
  const lines = useStore(usePerson().log);
  if (lines.length === 0) return <p className="empty">Nothing has arrived yet.</p>;
  return (
    <ol className="events">
      {lines.map(({ key, at, type, text, cursor }) =>
        type === '' ? (
          <li key={key} className="remark">
            {text}
          </li>
        ) : (
          <li key={key}>
            <time dateTime={at}>{timeOf(at)}</time>
            <b>{plain(type)}</b>
            <span>{text}</span>
            {cursor && <code title={`Cursor ${cursor}`}>{cursor.slice(-10)}</code>}
          </li>
        ),
      )}
    </ol>
  );
}

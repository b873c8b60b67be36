import { useEffect, useState } from 'react';
import { useConnectionState } from '../client/urql/index.ts';
import { learnServerTime } from './clock.ts';
import { useRead } from './data.ts';
import { sessionQuery } from './documents/places.ts';
import { note, usePerson } from './person.ts';
import { timeOf } from './words.ts';

const pingEveryMs = 2_000;
/** What is left of the limits, and the server's clock, which another page may have moved. */
const askEveryMs = 15_000;
const kept = 30;

/** How the person is connected: state, time to the server and back, and what is left of the limits. */
export function ConnectionBar() {
  const person = usePerson();
  const connection = useConnectionState();
  const trips = useRoundTrips(connection.state === 'LIVE');
  const { data, refresh } = useRead(sessionQuery, {});
  const { state } = connection;
  const caughtUp = state === 'LIVE' ? connection.caughtUp : 0;

  useEffect(() => {
    if (caughtUp === 0) return;
    const at = new Date().toISOString();
    note(person, {
      key: `replayed ${at}`,
      at,
      type: '',
      text: `${caughtUp} ${caughtUp === 1 ? 'event' : 'events'} replayed`,
    });
  }, [person, caughtUp]);
  const isLive = state === 'LIVE';
  useEffect(() => {
    // Also of a server that is another one since.
    if (isLive) refresh();
    const timer = setInterval(refresh, askEveryMs);
    return () => clearInterval(timer);
  }, [isLive, refresh]);
  const serverTime = data?.session.serverTime;
  useEffect(() => {
    if (serverTime) learnServerTime(serverTime);
  }, [serverTime]);

  const words =
    state === 'CATCHING_UP'
      ? `catching up (${connection.events})`
      : state === 'STALE'
        ? `stale since ${timeOf(connection.since)}`
        : state === 'REFUSED'
          ? connection.reason.message
          : state.toLowerCase();
  const tightest = [...(data?.session.limits ?? [])].sort((a, b) => a.remaining / a.limit - b.remaining / b.limit)[0];
  return (
    <div className="connection">
      <span className="state" data-state={state} title={state}>
        {words}
      </span>
      <Sparkline values={trips} />
      <span className="trip" title="To the server and back, over the socket">
        {trips.length > 0 ? `${(trips.at(-1) ?? 0).toFixed(1)} ms` : '– ms'}
      </span>
      {tightest && (
        <span
          className="limit"
          title={data?.session.limits
            .map(({ name, remaining, limit }) => `${name} ${remaining} of ${limit}`)
            .join('\n')}
        >
          {tightest.remaining}/{tightest.limit} <span className="quiet">{tightest.name.split('.')[0]}</span>
        </span>
      )}
    </div>
  );
}

/** The last of them, in milliseconds. */
function useRoundTrips(isLive: boolean): readonly number[] {
  const { client } = usePerson();
  const [trips, setTrips] = useState<readonly number[]>([]);
  useEffect(() => {
    if (!isLive) return;
    const measure = () =>
      client.ping().then(
        (ms) => setTrips((before) => [...before, ms].slice(-kept)),
        // The connection was lost meanwhile, which the state says.
        () => undefined,
      );
    void measure();
    const timer = setInterval(measure, pingEveryMs);
    return () => clearInterval(timer);
  }, [client, isLive]);
  return trips;
}

function Sparkline({ values }: { values: readonly number[] }) {
  const highest = Math.max(5, ...values);
  const points = values.map((value, nth) => `${(nth * 60) / (kept - 1)},${15 - (value / highest) * 14}`);
  return (
    <svg
      className="sparkline"
      viewBox="0 0 60 16"
      role="img"
      aria-label={`Latency of the last ${values.length} round trips`}
    >
      <polyline points={points.join(' ')} />
    </svg>
  );
}

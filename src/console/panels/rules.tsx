import { useEffect, useState } from 'react';
import { useAct, useRead } from '../data.ts';
import { effectiveQuery, resetRules, setRule } from '../documents/attention.ts';
import type { NotificationReason, RuleValue } from '../generated/graphql.ts';
import { plain } from '../words.ts';

const reasons: readonly NotificationReason[] = [
  'MENTIONED',
  'ASSIGNED',
  'REPLIED',
  'MESSAGE',
  'OFFER',
  'COMMENTED',
  'ADDED',
  'FOLLOWING',
];
const values = [
  ['ON', 'At once'],
  ['BATCH', 'In batches'],
  ['OFF', 'Never'],
] as const satisfies readonly (readonly [RuleValue, string])[];

/** Whether alerts come for a reason, and which rule says so. `version` grows with every change of the rules. */
export function Rules({ version }: { version: number }) {
  const act = useAct();
  const [reason, setReason] = useState<NotificationReason>('MESSAGE');
  const { data, refresh } = useRead(effectiveQuery, { reason });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for every change
  useEffect(() => refresh(), [version, refresh]);
  const effective = data?.effective;
  return (
    <div className="rules">
      <div className="row">
        <label>
          Alerts for{' '}
          <select value={reason} onChange={({ target }) => setReason(target.value as NotificationReason)}>
            {reasons.map((one) => (
              <option key={one} value={one}>
                {plain(one)}
              </option>
            ))}
          </select>
        </label>
        {values.map(([value, name]) => (
          <button
            key={value}
            type="button"
            aria-pressed={effective?.value === value}
            onClick={() => void act(setRule, { input: { channel: 'ALERT', reason, value } })}
          >
            {name}
          </button>
        ))}
        <button type="button" onClick={() => void act(resetRules, { input: { channel: 'ALERT' } })}>
          Reset
        </button>
      </div>
      <p className="quiet">{effective?.sentence}</p>
    </div>
  );
}

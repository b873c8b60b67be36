import { useEffect } from 'react';
import { useAct, useRead } from '../data.ts';
import { attentionQuery, endFocus, releaseHeld, startFocus, updateAttention } from '../documents/attention.ts';
import { hourOf, plain } from '../words.ts';
import { BatchTimes } from './batchTimes.tsx';
import { DayBar } from './dayBar.tsx';
import { DigestPreview } from './digestPreview.tsx';
import { PresetQuestion, Presets } from './presets.tsx';
import { Rules } from './rules.tsx';

const focusMinutes = 25;

/** When the person is told, what waits because of it, and why. `version` grows with every change of the inbox. */
export function Attention({ version }: { version: number }) {
  const act = useAct();
  const { data, error, refresh } = useRead(attentionQuery, {});
  // How much is held changes with what arrives, of which attention itself is not told.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for every change
  useEffect(() => refresh(), [version, refresh]);
  if (!data) return <p className="empty">{error ?? 'Loading …'}</p>;
  const { attention } = data;
  const { state, stateUntil, held, nextReleaseAt, focus } = attention;
  const until = stateUntil ? ` until ${hourOf(stateUntil)}` : '';
  return (
    <div className="attention scroll">
      {!attention.chosen && <PresetQuestion />}
      <DayBar attention={attention} version={version} />
      <p className="row">
        <span>
          <b>{state === 'OPEN' ? 'Open' : `${plain(state)[0]?.toUpperCase()}${plain(state).slice(1)}${until}`}</b>
          {', '}
          {held === 0 ? 'nothing is held' : `${held} held${nextReleaseAt ? ` until ${hourOf(nextReleaseAt)}` : ''}`}
        </span>
        <button type="button" disabled={held === 0} onClick={() => void act(releaseHeld, { input: {} })}>
          Release now
        </button>
        {focus ? (
          <button type="button" onClick={() => void act(endFocus, { input: {} })}>
            End focus
          </button>
        ) : (
          <button type="button" onClick={() => void act(startFocus, { input: { minutes: focusMinutes } })}>
            Focus {focusMinutes} min
          </button>
        )}
        <DigestPreview />
      </p>
      <Presets preset={attention.preset} words={attention.presetInWords} />
      <BatchTimes
        key={attention.version}
        times={attention.batchTimes}
        save={(batchTimes) => void act(updateAttention, { input: { batchTimes } })}
      />
      <Rules version={attention.version} />
    </div>
  );
}

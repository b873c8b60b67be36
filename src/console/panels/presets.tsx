import { useState } from 'react';
import { useAct } from '../data.ts';
import { updateAttention } from '../documents/attention.ts';
import type { AttentionPreset } from '../generated/graphql.ts';
import { usePerson } from '../person.ts';

const presets = [
  ['CALM', 'Calm', 'three times a day'],
  ['BALANCED', 'Balanced', 'what names you at once'],
  ['INSTANT', 'Instant', 'everything at once'],
] as const satisfies readonly (readonly [AttentionPreset, string, string])[];

/** Asked once, of who has never chosen anything; it may be left open, and is not asked again in this browser. */
export function PresetQuestion() {
  const act = useAct();
  const { someone } = usePerson();
  const key = `belfry:preset-skipped:${someone.externalId}`;
  const [skipped, setSkipped] = useState(() => localStorage.getItem(key) !== null);
  function skip() {
    localStorage.setItem(key, 'yes');
    setSkipped(true);
  }
  if (skipped) return null;
  return (
    <fieldset className="question" aria-label="How do you want to be told?">
      <b>How do you want to be told?</b>
      {presets.map(([preset, name, words]) => (
        <button key={preset} type="button" onClick={() => void act(updateAttention, { input: { preset } })}>
          {name} <span className="quiet">{words}</span>
        </button>
      ))}
      <button type="button" onClick={skip}>
        Skip
      </button>
    </fieldset>
  );
}

/** The preset chosen last, and the others. */
export function Presets({ preset, words }: { preset: AttentionPreset; words: string }) {
  const act = useAct();
  return (
    <div className="presets">
      <fieldset className="row" aria-label="Preset">
        {presets.map(([value, name]) => (
          <button
            key={value}
            type="button"
            aria-pressed={preset === value}
            onClick={() => void act(updateAttention, { input: { preset: value } })}
          >
            {name}
          </button>
        ))}
      </fieldset>
      <p className="quiet typing">{words}</p>
    </div>
  );
}

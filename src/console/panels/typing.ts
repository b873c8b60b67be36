import { useEffect, useRef, useState } from 'react';
import { serverNow } from '../clock.ts';
import { useAct, useStream } from '../data.ts';
import { setTyping, typingSignals } from '../documents/conversation.ts';

const sayEveryMs = 3_000;

/** Who else types in a conversation, and how to say that one does. */
export function useTyping(conversationId: string, me: string) {
  const act = useAct();
  const [typists, setTypists] = useState<ReadonlyMap<string, { name: string; untilMs: number }>>(new Map());
  const saidAtMs = useRef(0);
  const topic = { kind: 'CONVERSATION', id: conversationId } as const;

  useStream(typingSignals, { topics: [topic] }, ({ signals: signal }) => {
    if (signal.__typename !== 'TypingSignal' || !signal.user || signal.user.id === me) return;
    const { user, typing, expiresAt } = signal;
    setTypists((before) =>
      new Map(before).set(user.id, { name: user.name, untilMs: typing ? Date.parse(expiresAt) : 0 }),
    );
  });
  // A signal that nothing follows is over when it expires.
  useEffect(() => {
    const nowMs = serverNow().getTime();
    const next = Math.min(...[...typists.values()].map(({ untilMs }) => untilMs).filter((ms) => ms > nowMs));
    if (!Number.isFinite(next)) return;
    const timer = setTimeout(() => setTypists((before) => new Map(before)), next - nowMs + 1);
    return () => clearTimeout(timer);
  }, [typists]);

  const say = (typing: boolean) => {
    saidAtMs.current = typing ? performance.now() : 0;
    void act(setTyping, { input: { topic, typing } });
  };
  return {
    names: [...typists.values()].filter(({ untilMs }) => untilMs > serverNow().getTime()).map(({ name }) => name),
    start: () => {
      if (performance.now() - saidAtMs.current > sayEveryMs || saidAtMs.current === 0) say(true);
    },
    stop: () => {
      if (saidAtMs.current > 0) say(false);
    },
  };
}

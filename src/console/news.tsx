import { useEffect, useState } from 'react';
import { usePerson } from './person.ts';
import { useStore } from './store.ts';

const batchMs = 600;
const shownMs = 9_000;

/** Says what is new, all of what comes together as one, and is silent again. */
export function News() {
  const { news } = usePerson();
  const waiting = useStore(news);
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (waiting.length === 0) return;
    const timer = setTimeout(() => {
      const [last = ''] = waiting.slice(-1);
      setSaid(waiting.length === 1 ? last : `${last} And ${waiting.length - 1} more.`);
      news.set(() => []);
    }, batchMs);
    return () => clearTimeout(timer);
  }, [waiting, news]);
  useEffect(() => {
    if (said === '') return;
    const timer = setTimeout(() => setSaid(''), shownMs);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <p className="news" role="status">
      {said}
    </p>
  );
}

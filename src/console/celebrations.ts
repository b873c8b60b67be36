import { useStream } from './data.ts';
import { achievements } from './documents/places.ts';
import { usePerson } from './person.ts';

/** Says what the person has achieved, in one sentence. */
export function useCelebrations(): void {
  const { news } = usePerson();
  useStream(achievements, {}, ({ events: event }) => {
    if (event.__typename !== 'AchievementEarned') return;
    const { finishedTask, finishedProject } = event;
    const what = finishedProject
      ? `Every task of “${finishedProject.name}” is done.`
      : finishedTask
        ? `“${finishedTask.title}” is done.`
        : 'Your inbox is empty.';
    news.set((before) => [...before, what]);
  });
}

/** Somebody the console can be. */
export interface Someone {
  readonly externalId: string;
  readonly name: string;
  readonly role: string;
  readonly token: string;
}

/** What the server wrote into the page. */
interface PageOptions {
  /** Path of the API. */
  readonly endpoint: string;
  /** Whether there are tools for developers: seeded people, fresh tokens, a clock that can be moved. */
  readonly development: boolean;
  readonly people: readonly Someone[];
}

export const options = JSON.parse(document.querySelector('#options')?.textContent ?? '{}') as PageOptions;

async function post(path: string, body: object): Promise<Record<string, string>> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

/** A token for somebody of the seeded world; a negative time gives one that has expired. */
export async function tokenFor(person: string, ttlMs?: number): Promise<string> {
  return (await post('/dev/token', { person, ttlMs })).token ?? '';
}

/** Moves on the time people live in. Resolves with what it is now. */
export async function moveClock(minutes: number): Promise<Date> {
  return new Date((await post('/dev/clock', { minutes })).now ?? '');
}

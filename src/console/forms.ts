import type { FormEvent } from 'react';

/**
 * For a form whose text is sent: it is empty at once, so that what is typed meanwhile stays. React's own `action` would
 * empty it when the answer has come.
 */
export function sending(run: (form: FormData) => unknown): (event: FormEvent<HTMLFormElement>) => void {
  return (event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    event.currentTarget.reset();
    void run(form);
  };
}

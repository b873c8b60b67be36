import { z } from 'zod';
import { line, perConfig, prose } from '../../platform/validation.ts';

/** Checks of createProject; the externalId is the topic's business. */
export const newProject = perConfig(({ titleMaxChars, textMaxChars }) =>
  z.object({ name: line(titleMaxChars), description: prose(textMaxChars).nullish() }),
);

/** Checks of updateProject; a name cannot be taken away. */
export const projectChange = perConfig(({ titleMaxChars, textMaxChars }) =>
  z.object({ name: line(titleMaxChars).optional(), description: prose(textMaxChars).nullish() }),
);

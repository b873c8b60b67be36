import { z } from 'zod';
import { ContentType } from '../../generated/prisma/enums.ts';
import { line, perConfig, prose } from '../../platform/validation.ts';

/** What createContent takes. */
export interface CreateContentInput {
  type: ContentType;
  title: string;
  /** Absent, null and blank: no text yet. */
  body?: string | null | undefined;
  externalId?: string | null | undefined;
}

/** Which page, and the version it is believed to have. */
export interface ContentInput {
  /** Id or externalId. */
  contentId: string;
  expectedVersion?: number | null | undefined;
}

/** What updateContent takes; what is absent stays, a body of null is taken away. */
export interface UpdateContentInput extends ContentInput {
  type?: ContentType | null | undefined;
  title?: string | null | undefined;
  body?: string | null | undefined;
}

const fields = perConfig(({ titleMaxChars, contentMaxChars }) => ({
  type: z.enum(ContentType),
  title: line(titleMaxChars),
  body: prose(contentMaxChars)
    .nullish()
    .transform((text) => (text === null ? '' : text)),
}));

/** Checks of createContent; the externalId is the topic's business. */
export const createContentSchema = perConfig((config) => z.object(fields(config)));

/** Checks of updateContent; neither type nor title can be taken away. */
export const updateContentSchema = perConfig((config) => {
  const { type, title, body } = fields(config);
  return z.object({ type: type.optional(), title: title.optional(), body });
});

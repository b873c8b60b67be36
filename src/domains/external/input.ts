import { z } from 'zod';
import { ids, jsonObject, line, perConfig } from '../../platform/validation.ts';
import type { TopicRefShape } from '../membership/access.ts';

export interface PublishEventInput {
  topic: TopicRefShape;
  name: string;
  data?: unknown;
  /** Whether it cannot wait; absent and null: it can. */
  critical?: boolean | null | undefined;
  /** Ids or externalIds; absent and null: everybody who belongs to the topic. */
  recipients?: readonly string[] | null | undefined;
  /** What to make of a project that is named for the first time. */
  create?: NewTopicInput | null | undefined;
}

export interface NewTopicInput {
  name?: string | null | undefined;
  owners?: readonly string[] | null | undefined;
  members?: readonly string[] | null | undefined;
}

/**
 * Words of letters and digits, joined by . : _ or -, so that whatever an application calls its events already will
 * do. That it is a fact in the past tense no pattern can say; the documentation asks for it.
 */
const eventName = z
  .string()
  .max(100, 'has more than 100 characters')
  .regex(/^[A-Za-z][A-Za-z0-9]*([.:_-][A-Za-z0-9]+)*$/, 'must be words such as OrderShipped or order.shipped');

/** The data of an event is walked by zod when it is appended, which overflows the stack below 2,000 levels (2026-11-25). */
const deepestData = 64;

/** What publishEvent takes, beside the topic. */
export const publishSchema = perConfig(({ externalDataMaxBytes, externalMaxPeople, titleMaxChars }) =>
  z.object({
    name: eventName,
    data: jsonObject(externalDataMaxBytes, deepestData).nullish(),
    critical: z.boolean().nullish(),
    recipients: ids(externalMaxPeople).nullish(),
    create: z
      .object({
        name: line(titleMaxChars).nullish(),
        owners: ids(externalMaxPeople).nullish(),
        members: ids(externalMaxPeople).nullish(),
      })
      .nullish(),
  }),
);

import { z } from 'zod';
import { ids, jsonObject, line, perConfig, requiredProse } from '../../platform/validation.ts';

const maxMentions = 50;
/** Characters in the label of an attachment, and in the id of its file. */
const attachmentMaxChars = 255;

/** Checks of createConversation; the externalId is the topic's business. */
export const newConversation = perConfig(({ titleMaxChars, metadataMaxBytes, conversationMaxInvited }) =>
  z.object({
    participantIds: ids(conversationMaxInvited),
    title: line(titleMaxChars).nullish(),
    metadata: jsonObject(metadataMaxBytes).nullish(),
  }),
);

/** Checks of editMessage. */
export const messageChange = perConfig(({ messageMaxChars }) =>
  z.object({
    content: requiredProse(messageMaxChars).optional(),
    mentions: ids(maxMentions).nullish(),
    expectedVersion: z.int().nullish(),
  }),
);

/** Checks of toggleReaction: one emoji as people see it, whatever it is made of (Unicode's RGI_Emoji). */
export const reaction = z.object({
  emoji: z.string().regex(/^\p{RGI_Emoji}$/v, 'is not one emoji'),
});

/** Checks of sendMessage. */
export const newMessage = perConfig(({ messageMaxChars, messageMaxAttachments, metadataMaxBytes }) =>
  z.object({
    content: requiredProse(messageMaxChars),
    attachments: z
      .array(z.object({ externalFileId: line(attachmentMaxChars), label: line(attachmentMaxChars).nullish() }))
      .max(messageMaxAttachments)
      .nullish(),
    mentions: ids(maxMentions).nullish(),
    metadata: jsonObject(metadataMaxBytes).nullish(),
  }),
);

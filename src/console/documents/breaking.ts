import { graphql } from '../generated/gql.ts';

export const createConversation = graphql(`
  mutation CreateConversation($input: CreateConversationInput!) {
    createConversation(input: $input) { conversation { id title } eventCursor }
  }
`);

export const removeMember = graphql(`
  mutation RemoveMember($input: RemoveMemberInput!) {
    removeMember(input: $input) { topicId eventCursor }
  }
`);

export const addMember = graphql(`
  mutation AddMember($input: AddMemberInput!) {
    addMember(input: $input) { topicId eventCursor }
  }
`);

import { graphql } from '../generated/gql.ts';

export const conversationQuery = graphql(`
  query Conversation($conversationId: ID!) {
    conversation(id: $conversationId) {
      id
      title
      kind
      headCursor
      viewerRole
      participants(first: 20) { nodes { role user { id name } lastReadMessage { id } } }
      messages(last: 40) {
        nodes { id content deletedAt isEdited createdAt author { id name } reactions { emoji count viewerHas } }
        pageInfo { hasNextPage hasPreviousPage startCursor }
      }
      offers(last: 5) {
        nodes {
          id title status version allowedMoves expiresAt
          amount { minorUnits currency }
          sender { id name }
          recipient { id name }
          proposer { id name }
        }
        pageInfo { hasNextPage hasPreviousPage startCursor }
      }
    }
  }
`);

export const typingSignals = graphql(`
  subscription TypingSignals($topics: [TopicRef!]!) {
    signals(topics: $topics) {
      __typename
      ... on TypingSignal { typing expiresAt user { id name } }
      ... on AccessLost { topicId }
    }
  }
`);

export const sendMessage = graphql(`
  mutation SendMessage($input: SendMessageInput!) {
    sendMessage(input: $input) { message { id content } eventCursor }
  }
`);

export const setTyping = graphql(`
  mutation SetTyping($input: SetTypingInput!) {
    setTyping(input: $input) { expiresAt }
  }
`);

export const toggleReaction = graphql(`
  mutation ToggleReaction($input: ToggleReactionInput!) {
    toggleReaction(input: $input) { message { id reactions { emoji count viewerHas } } eventCursor }
  }
`);

export const markRead = graphql(`
  mutation MarkConversationRead($input: MarkConversationReadInput!) {
    markConversationRead(input: $input) { conversation { id unreadCount } }
  }
`);

export const createOffer = graphql(`
  mutation CreateOffer($input: CreateOfferInput!) {
    createOffer(input: $input) { offer { id title } eventCursor }
  }
`);

export const acceptOffer = graphql(`
  mutation AcceptOffer($input: AcceptOfferInput!) {
    acceptOffer(input: $input) { offer { id status version allowedMoves } eventCursor }
  }
`);

export const updateOffer = graphql(`
  mutation UpdateOffer($input: UpdateOfferInput!) {
    updateOffer(input: $input) { offer { id status version allowedMoves amount { minorUnits currency } } eventCursor }
  }
`);

import { graphql } from '../generated/gql.ts';

/** Everything that happens in some places, with what the panels show of it, so that their rows change by themselves. */
export const eventsStream = graphql(`
  subscription Events($topics: [TopicRef!]!, $after: [Cursor!]) {
    events(topics: $topics, after: $after) {
      __typename
      ... on Event { id cursor type at topic { id kind } actor { id name } }
      ... on TaskEvent { task { id title status priority version deletedAt assignee { id name } } }
      ... on CommentAdded { comment { id text deletedAt createdAt author { id name } replyTo { id } } }
      ... on CommentEdited { comment { id text } }
      ... on CommentDeleted { comment { id text deletedAt } }
      ... on ContentEvent { content { id title body version status } }
      ... on RatingAdded { content { id rating { average count mine } } }
      ... on MessageSent {
        message { id content deletedAt isEdited createdAt author { id name } reactions { emoji count viewerHas } }
      }
      ... on MessageEdited { message { id content isEdited } }
      ... on MessageDeleted { message { id content deletedAt } }
      ... on ReactionChanged { message { id reactions { emoji count viewerHas } } }
      ... on MessagesRead { positions { userId messageId } }
      ... on OfferCreated {
        offer {
          id title status version allowedMoves expiresAt
          amount { minorUnits currency }
          sender { id name }
          recipient { id name }
          proposer { id name }
        }
      }
      ... on OfferUpdated {
        offer { id status version allowedMoves expiresAt amount { minorUnits currency } proposer { id name } }
      }
      ... on OfferAccepted { offer { id status version allowedMoves } }
      ... on MemberAdded { user { id name } }
      ... on MemberRemoved { user { id name } }
      ... on Checkpoint { cursors { topic cursor } }
      ... on AccessLost { topicId }
    }
  }
`);

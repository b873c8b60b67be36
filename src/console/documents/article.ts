import { graphql } from '../generated/gql.ts';

export const articleQuery = graphql(`
  query Article($contentId: ID!) {
    content(id: $contentId) {
      id
      title
      body
      version
      status
      viewerRole
      headCursor
      rating { average count mine }
      comments(first: 50) {
        nodes { id text deletedAt createdAt author { id name } replyTo { id } }
        pageInfo { hasNextPage hasPreviousPage endCursor }
      }
    }
  }
`);

export const addComment = graphql(`
  mutation AddComment($input: AddCommentInput!) {
    addComment(input: $input) { comment { id text } eventCursor }
  }
`);

export const rateContent = graphql(`
  mutation RateContent($input: RateContentInput!) {
    rateContent(input: $input) { content { id rating { average count mine } } eventCursor }
  }
`);

import { graphql } from '../generated/gql.ts';

/** What somebody can look at. */
export const placesQuery = graphql(`
  query Places {
    me { id name externalId role }
    projects(first: 20) { nodes { id externalId name } pageInfo { hasNextPage hasPreviousPage } }
    contents(first: 20) { nodes { id externalId title status } pageInfo { hasNextPage hasPreviousPage } }
    conversations(first: 20) { nodes { id externalId title kind } pageInfo { hasNextPage hasPreviousPage } }
  }
`);

/** The connection and what is left of its limits. */
export const sessionQuery = graphql(`
  query Session {
    session { id instanceId serverTime tokenExpiresAt limits { name limit remaining resetAt } }
  }
`);

/** Which of somebody's own doings are worth a sentence. */
export const achievements = graphql(`
  subscription Achievements {
    events(topics: [{ kind: USER }], types: [ACHIEVEMENT_EARNED]) {
      __typename
      ... on AchievementEarned { id cursor type at achievement style finishedTask { id title } finishedProject { id name } }
      ... on AccessLost { topicId }
    }
  }
`);

import { graphql } from '../generated/gql.ts';

export const attentionQuery = graphql(`
  query Attention {
    attention {
      preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version
      quietWindows { days from to }
      focus { startedAt until }
    }
  }
`);

/** What was decided of late: arrivals in the inbox, and alerts. */
export const deliveriesQuery = graphql(`
  query Deliveries {
    deliveries(first: 100, filter: { channels: [ALERT] }) {
      nodes { id state decidedAt sentAt dueAt sentence }
      pageInfo { hasNextPage hasPreviousPage endCursor }
    }
  }
`);

/** Which rule decides about alerts for a reason, and which it wins over. */
export const effectiveQuery = graphql(`
  query Effective($reason: NotificationReason!) {
    effective(channel: ALERT, reason: $reason) { value sentence }
  }
`);

export const previewQuery = graphql(`
  query PreviewDigest {
    previewDigest { subject count html }
  }
`);

export const updateAttention = graphql(`
  mutation UpdateAttention($input: UpdateAttentionInput!) {
    updateAttention(input: $input) {
      released
      attention {
        preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version
        quietWindows { days from to }
        focus { startedAt until }
      }
    }
  }
`);

export const startFocus = graphql(`
  mutation StartFocus($input: StartFocusInput!) {
    startFocus(input: $input) { attention { version state stateUntil held focus { startedAt until } } }
  }
`);

export const endFocus = graphql(`
  mutation EndFocus($input: EndFocusInput!) {
    endFocus(input: $input) { attention { version state stateUntil held focus { startedAt until } } }
  }
`);

export const releaseHeld = graphql(`
  mutation ReleaseHeld($input: ReleaseHeldInput!) {
    releaseHeld(input: $input) { released }
  }
`);

export const setRule = graphql(`
  mutation SetRule($input: SetRuleInput!) {
    setRule(input: $input) { rule { id value } }
  }
`);

export const resetRules = graphql(`
  mutation ResetRules($input: ResetRulesInput!) {
    resetRules(input: $input) { eventCursor }
  }
`);

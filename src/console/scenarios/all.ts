import { connecting, roundTrip } from './connecting.ts';
import { emptyMessage, messages } from './messages.ts';
import { people } from './people.ts';
import { across, missed, rapid } from './resuming.ts';
import type { Scenario } from './stage.ts';

/**
 * The twenty scenarios of the documents Belfry replaces, T1 to T20, as test/acceptance/scenarios.websocket.test.ts has
 * them, as far as one browser can show them.
 */
export const scenarios: readonly Scenario[] = [
  ...connecting,
  ...messages,
  ...people,
  missed,
  roundTrip,
  across,
  emptyMessage,
  rapid,
];

import { behaviourVariables } from './variables/behaviour.ts';
import { limitsVariables } from './variables/limits.ts';
import { serverVariables } from './variables/server.ts';

/** Every variable Belfry knows, by the name its value has in `Config`, in the order of docs/configuration.md. */
export const variables = { ...serverVariables, ...limitsVariables, ...behaviourVariables };

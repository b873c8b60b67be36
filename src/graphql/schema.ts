import { eventInterfaces, events } from '../domains/catalogue.ts';
import { builder } from './builder.ts';
import { addEventTypes } from './eventTypes.ts';

// The domains have registered their types by being imported; the events' types are made from the declarations.
addEventTypes(events, eventInterfaces);

/** The executable schema; `schema.graphql` is printed from it. */
export const schema = builder.toSchema();

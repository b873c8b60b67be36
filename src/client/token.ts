/**
 * Gets the person's token from the application: called for every connection and request. `renew`: the last one has
 * expired or is about to, a fresh one is needed. null: nobody is signed in, which is final until `reconnect()`. What it
 * throws counts as a failure to connect and is tried again.
 */
export type TokenSource = (need: { renew: boolean }) => string | null | Promise<string | null>;

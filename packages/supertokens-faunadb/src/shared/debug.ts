import debug from 'debug';

const log = debug('com.supertokens');

/** Writes into the SDK's own debug log (`debug: true` of `supertokens.init`, or `DEBUG=com.supertokens`). */
export function logDebugMessage(message: string): void {
  if (log.enabled) log(`{t: "${new Date().toISOString()}", message: "faunadb: ${message}"}`);
}

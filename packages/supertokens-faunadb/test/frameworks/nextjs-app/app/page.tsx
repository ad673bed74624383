import faunadb from 'faunadb';
import { cookies } from 'next/headers';
import { getFaunadbTokenForSession } from 'supertokens-faunadb';
import { getSSRSession } from 'supertokens-node/nextjs';
import { ensureSuperTokensInit, faunaDBClient } from '../supertokens';

ensureSuperTokensInit();

const q = faunadb.query;

/** Says whom FaunaDB takes the session's token for. */
export default async function Page() {
  const { accessTokenPayload } = await getSSRSession((await cookies()).getAll());
  if (accessTokenPayload === undefined) return <p>logged out</p>;
  const secret = await getFaunadbTokenForSession(String(accessTokenPayload.sessionHandle));
  return <p>{await faunaDBClient.query<string>(q.Select('id', q.CurrentIdentity()), { secret })}</p>;
}

import faunadb from 'faunadb';
import { cookies } from 'next/headers';
import { getPageSession } from 'supertokens-faunadb/nextjs';
import { ensureSuperTokensInit } from '../supertokens';

ensureSuperTokensInit();

const q = faunadb.query;

/** Says whom FaunaDB takes the session's token for. */
export default async function Page() {
  const session = await getPageSession((await cookies()).getAll());
  if (session.status !== 'logged in') return <p>logged out</p>;
  return <p>{await session.client.query<string>(q.Select('id', q.CurrentIdentity()))}</p>;
}

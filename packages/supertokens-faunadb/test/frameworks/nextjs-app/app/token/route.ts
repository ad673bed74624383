import type { NextRequest } from 'next/server';
import { withSession } from 'supertokens-node/nextjs';
import { ensureSuperTokensInit } from '../../supertokens';

ensureSuperTokensInit();

export function GET(request: NextRequest): Promise<Response> {
  return withSession(request, async (error, session) => {
    if (error !== undefined) throw error;
    if (session === undefined) return new Response('unauthorised', { status: 401 });
    return new Response(await session.getFaunadbToken());
  });
}

import type { NextRequest } from 'next/server';
import { withFaunaSession } from 'supertokens-faunadb/nextjs';
import { ensureSuperTokensInit } from '../../supertokens';

ensureSuperTokensInit();

export function GET(request: NextRequest): Promise<Response> {
  return withFaunaSession(request, async ({ session }) => new Response(await session.getFaunadbToken()));
}

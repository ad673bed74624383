import type { NextRequest } from 'next/server';
import supertokens from 'supertokens-node';
import { withPreParsedRequestResponse } from 'supertokens-node/nextjs';
import Session from 'supertokens-node/recipe/session';
import { ensureSuperTokensInit } from '../../supertokens';

ensureSuperTokensInit();

export function POST(request: NextRequest): Promise<Response> {
  return withPreParsedRequestResponse(request, async (baseRequest, baseResponse) => {
    const userId = supertokens.convertToRecipeUserId(request.headers.get('x-user') ?? '');
    await Session.createNewSession(baseRequest, baseResponse, 'public', userId);
    return new Response('logged in');
  });
}

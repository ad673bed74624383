import type { APIGatewayProxyEventV2, Context, Handler } from 'aws-lambda';
import supertokens from 'supertokens-node';
import { middleware, type SessionEventV2 } from 'supertokens-node/framework/awsLambda';
import Session from 'supertokens-node/recipe/session';
import { verifySession } from 'supertokens-node/recipe/session/framework/awsLambda';
import type { FrameworkUnderTest } from './app.js';

const routes: Record<string, Handler> = {
  '/login': middleware(async (event: APIGatewayProxyEventV2) => {
    await Session.createNewSession(
      event,
      event,
      'public',
      supertokens.convertToRecipeUserId(event.headers['x-user'] ?? ''),
    );
    return { statusCode: 200, body: 'logged in' };
  }),
  '/token': verifySession(async (event: SessionEventV2) => ({
    statusCode: 200,
    body: await event.session?.getFaunadbToken(),
  })),
};

/** The handlers, called as API Gateway calls them (payload format 2.0). */
export const awsLambdaApp: FrameworkUnderTest = {
  name: 'AWS Lambda',
  framework: 'awsLambda',
  start: async () => ({
    fetch: async (path, { method = 'GET', headers, body }) => {
      const event = {
        version: '2.0',
        rawPath: path,
        rawQueryString: '',
        headers: headers as Record<string, string>,
        requestContext: { http: { method, path }, stage: '$default' },
        body,
        isBase64Encoded: false,
      };
      const result = await (routes[path] ?? middleware())(event, {} as Context, () => {});
      return new Response(result.body, { status: result.statusCode, headers: result.headers });
    },
    close: async () => {},
  }),
};

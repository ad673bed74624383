import { setTimeout as pause } from 'node:timers/promises';
import type { Client, Expr } from 'faunadb';
import faunadb from 'faunadb';

const q = faunadb.query;

/** The longest post, in characters, enforced by the database. */
const LONGEST_POST = 280;

/**
 * Creates what the demo needs in the database, unless it exists. The permissions are in the database, in the role, so they
 * apply to browsers and servers alike.
 */
export async function setUpSchema(client: Client): Promise<void> {
  await ensure(client, q.Collection('users'), q.CreateCollection({ name: 'users' }));
  await ensure(client, q.Collection('posts'), q.CreateCollection({ name: 'posts' }));
  await ensure(
    client,
    q.Index('users_by_name'),
    q.CreateIndex({
      name: 'users_by_name',
      source: q.Collection('users'),
      terms: [{ field: ['data', 'name'] }],
      unique: true,
    }),
  );
  await ensure(
    client,
    q.Index('newest_posts'),
    q.CreateIndex({
      name: 'newest_posts',
      source: q.Collection('posts'),
      values: [{ field: ['data', 'writtenAt'], reverse: true }, { field: ['ref'] }],
    }),
  );
  await ensure(client, q.Role('writer'), q.CreateRole(writer), q.Update(q.Role('writer'), writer));
  await client.query(firstPosts);
}

/** Every user reads every name and post, and writes and deletes only posts of their own. */
const writer = {
  name: 'writer',
  membership: [{ resource: q.Collection('users') }],
  privileges: [
    { resource: q.Collection('users'), actions: { read: true } },
    { resource: q.Index('users_by_name'), actions: { read: true } },
    { resource: q.Index('newest_posts'), actions: { read: true } },
    {
      resource: q.Collection('posts'),
      actions: {
        read: true,
        create: q.Query(q.Lambda('post', q.And(isMine(q.Var('post')), isShort(q.Var('post'))))),
        write: q.Query(
          q.Lambda(
            ['before', 'after'],
            q.And(isMine(q.Var('before')), isMine(q.Var('after')), isShort(q.Var('after'))),
          ),
        ),
        delete: q.Query(q.Lambda('ref', isMine(q.Get(q.Var('ref'))))),
      },
    },
  ],
};

function isMine(post: Expr): Expr {
  return q.Equals(q.Select(['data', 'author'], post), q.CurrentIdentity());
}

function isShort(post: Expr): Expr {
  return q.LTE(q.Length(q.Select(['data', 'text'], post)), LONGEST_POST);
}

/** Another user, with posts from before anyone signed up. She has no credentials, so nobody can log in as her. */
const firstPosts = q.If(
  q.Exists(q.Match(q.Index('users_by_name'), 'ada')),
  null,
  q.Let(
    { ada: q.Select('ref', q.Create(q.Collection('users'), { data: { name: 'ada' } })) },
    q.Foreach(
      [
        'Everything on this page was read by your browser straight from the database, as you.',
        'You may read this post. Try to change it: the database, not the page, will refuse.',
      ],
      q.Lambda(
        'text',
        q.Create(q.Collection('posts'), {
          data: { author: q.Var('ada'), text: q.Var('text'), writtenAt: q.Now() },
        }),
      ),
    ),
  ),
);

async function ensure(client: Client, ref: Expr, create: Expr, otherwise: Expr | null = null): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await client.query(q.If(q.Exists(ref), otherwise, create));
      return;
    } catch (error) {
      // A cluster's nodes see a new collection after a moment. Until then, a query that uses it fails with "invalid ref".
      if (tries === 20 || !(error instanceof faunadb.errors.BadRequest)) throw error;
      await pause(100);
    }
  }
}

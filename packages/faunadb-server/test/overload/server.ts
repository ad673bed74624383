import faunadb from 'faunadb';
import { ask } from '../server.js';
import type { Preparation } from './attacks.js';

const { query: q } = faunadb;

const AT_ONCE = 2_000;

/** Fills a server; gives the secrets of one who may read an index, and of one who may do all. */
export async function prepare(
  url: string,
  { documents }: Pick<Preparation, 'documents'>,
): Promise<{ token: string; key: string }> {
  const things = q.Collection('things');
  await ask(url, q.CreateCollection({ name: 'things' }));
  await ask(url, q.CreateCollection({ name: 'probes' }));
  const group = { field: ['data', 'groups'] };
  await ask(url, q.CreateIndex({ name: 'by_group', source: things, terms: [group] }));
  for (let from = 0; from < documents; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, documents - from) }, (_, i) => from + i);
    const groups = (n: number) => Array.from({ length: 20 }, (_, i) => (n + 5 * i) % 101);
    const params = some.map((n) => ({ object: { data: { object: { n, groups: groups(n) } } } }));
    for (let at = 0; at < params.length; at += 250) {
      await ask(url, { do: params.slice(at, at + 250).map((p) => ({ create: { collection: 'things' }, params: p })) });
    }
  }
  const privileges = [{ resource: q.Index('by_group'), actions: { read: true } }];
  await ask(url, q.CreateRole({ name: 'reader', membership: { resource: q.Collection('probes') }, privileges }));
  const user = await ask(url, q.Create(q.Collection('probes'), { data: { n: 0 } }));
  const { secret: token } = await ask(
    url,
    q.Create(q.Tokens(), { instance: q.Ref(q.Collection('probes'), user.ref['@ref'].id) }),
  );
  const { secret: key } = await ask(url, q.CreateKey({ role: 'server' }));
  return { token, key };
}

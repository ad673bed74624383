import { type Expr, query as q } from 'faunadb';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../test/database.js';

let ask: Database['ask'];
/** Acts as the first user. */
let ada: string;

const users = q.Collection('users');
const notes = q.Collection('notes');
const user = (id: string) => q.Ref(users, id);
const note = (id: string) => q.Ref(notes, id);
const by = (document: Expr) => q.Select(['data', 'by'], document);

beforeEach(async () => {
  ({ ask } = await openDatabase());
  await ask(q.Do(q.CreateCollection({ name: 'users' }), q.CreateCollection({ name: 'notes' })));
  await ask(q.Do(q.Create(user('1'), { data: { vip: true } }), q.Create(user('2'), { data: {} })));
  await ask(
    q.Do(q.Create(note('1'), { data: { by: user('1'), n: 1 } }), q.Create(note('2'), { data: { by: user('2') } })),
  );
  ada = (await ask(q.Create(q.Tokens(), { instance: user('1') }))).resource.secret;
});

/** Creates a role for users' documents that allows these actions with notes. */
const allow = (actions: object, more: object = {}) =>
  ask(
    q.CreateRole({
      name: 'role',
      membership: { resource: users },
      privileges: [{ resource: notes, actions }],
      ...more,
    }),
  );
const statusAs = async (secret: string, query: object) => (await ask(query, secret)).status;

describe('the predicates of a role', () => {
  it('are given the ref of what is read, and the same identity', async () => {
    await allow({ read: q.Query(q.Lambda('ref', q.Equals(by(q.Get(q.Var('ref'))), q.CurrentIdentity()))) });
    expect([await statusAs(ada, q.Get(note('1'))), await statusAs(ada, q.Get(note('2')))]).toEqual([200, 403]);
    const { resource } = await ask(q.Paginate(q.Documents(notes)), ada);
    expect(resource.data.map((ref: { '@ref': { id: string } }) => ref['@ref'].id)).toEqual(['1']);
  });

  it('are given a document before and after a write, whole', async () => {
    const unchanged = q.Equals(by(q.Var('old')), by(q.Var('new')), q.CurrentIdentity());
    await allow({ write: q.Query(q.Lambda(['old', 'new'], unchanged)) });
    expect(await statusAs(ada, q.Update(note('1'), { data: { n: 2 } }))).toBe(200);
    expect(await statusAs(ada, q.Update(note('1'), { data: { by: user('2') } }))).toBe(403);
    expect(await statusAs(ada, q.Update(note('2'), { data: { by: user('1') } }))).toBe(403);
  });

  it('hide documents from the lambdas of sets', async () => {
    const values = [{ field: ['data', 'n'] }];
    await ask(q.CreateIndex({ name: 'numbers', source: notes, values, active: true }));
    await allow({}, { privileges: [{ resource: q.Index('numbers'), actions: { read: true } }] });
    const tell = q.Lambda('number', q.Abort(q.ToString(q.Var('number'))));
    const numbers = q.Match(q.Index('numbers'));
    for (const set of [q.Filter(numbers, tell), q.Join(numbers, tell)]) {
      expect((await ask(q.Paginate(set), ada)).resource).toEqual({ data: [] });
    }
  });

  it('may also take the ref of a write', async () => {
    const own = q.Equals(q.Var('ref'), note('1'));
    await allow({ write: q.Query(q.Lambda(['old', 'new', 'ref'], own)) });
    expect([await statusAs(ada, q.Update(note('1'), {})), await statusAs(ada, q.Update(note('2'), {}))]).toEqual([
      200, 403,
    ]);
  });

  it('guard the choice of an id separately from creation', async () => {
    await allow({ create: true });
    expect(await statusAs(ada, q.Create(notes, {}))).toBe(201);
    expect(await statusAs(ada, q.Create(note('7'), {}))).toBe(403);
    await ask(
      q.Update(q.Role('role'), {
        privileges: [
          {
            resource: notes,
            actions: {
              create_with_id: q.Query(
                q.Lambda(
                  ['document', 'ref'],
                  q.Equals(q.Select('id', q.Var('ref')), q.Select(['data', 'id'], q.Var('document'))),
                ),
              ),
            },
          },
        ],
      }),
    );
    expect(await statusAs(ada, q.Create(note('7'), { data: { id: '7' } }))).toBe(201);
    expect(await statusAs(ada, q.Create(note('8'), { data: { id: '9' } }))).toBe(403);
  });

  it.each([
    ['that abort', q.Lambda('x', q.Abort('no'))],
    ['that fail', q.Lambda('x', q.Divide(1, 0))],
    ['that return something else than true', q.Lambda('x', 'true')],
    ['that write', q.Lambda('x', q.Do(q.Create(notes, {}), true))],
    ['that take other parameters', q.Lambda(['a', 'b'], true)],
    ['that never end', q.Lambda('x', q.Call('for_ever', q.Var('x')))],
  ])('%s allow nothing', async (_what, predicate) => {
    await ask(q.CreateFunction({ name: 'for_ever', body: q.Query(q.Lambda('x', q.Call('for_ever', q.Var('x')))) }));
    await allow({ read: q.Query(predicate) });
    expect((await ask(q.Get(note('1')), ada)).errors).toEqual([['permission denied', '']]);
    expect((await ask(q.Count(q.Documents(notes)))).resource).toBe(2);
  });

  it('see the current state, even when the past is read', async () => {
    await allow({ read: q.Query(q.Lambda('ref', q.Exists(q.Var('ref')))) });
    const before = (await ask(q.Now())).resource['@ts'];
    await ask(q.Delete(note('1')));
    expect(await statusAs(ada, q.At(q.Time(before), q.Get(note('1'))))).toBe(403);
  });
});

describe('the members of a role', () => {
  const member = (predicate: Expr) => ({ membership: { resource: users, predicate: q.Query(predicate) } });

  it('are checked again with every query', async () => {
    await allow({ read: true }, member(q.Lambda('ref', q.Select(['data', 'vip'], q.Get(q.Var('ref'))))));
    expect(await statusAs(ada, q.Get(note('1')))).toBe(200);
    await ask(q.Update(user('1'), { data: { vip: false } }));
    expect(await statusAs(ada, q.Get(note('1')))).toBe(403);
  });

  it('act as themselves while they are checked', async () => {
    await allow({ read: true }, member(q.Lambda('ref', q.Equals(q.Var('ref'), q.CurrentIdentity()))));
    expect(await statusAs(ada, q.Get(note('1')))).toBe(200);
  });

  it('lose at once what the role no longer allows', async () => {
    await allow({ read: true });
    expect(await statusAs(ada, q.Get(note('1')))).toBe(200);
    await ask(q.Update(q.Role('role'), { privileges: [] }));
    expect(await statusAs(ada, q.Get(note('1')))).toBe(403);
    await ask(q.Update(q.Role('role'), { privileges: [{ resource: notes, actions: { read: true } }] }));
    expect(await statusAs(ada, q.Get(note('1')))).toBe(200);
    await ask(q.Delete(q.Role('role')));
    expect(await statusAs(ada, q.Get(note('1')))).toBe(403);
  });

  it('of several roles may do what any of them allows', async () => {
    await allow({ read: true, write: false });
    const privileges = [{ resource: notes, actions: { write: true } }];
    await ask(q.CreateRole({ name: 'other', membership: [{ resource: users }], privileges }));
    expect(await statusAs(ada, q.Update(note('1'), {}))).toBe(200);
  });
});

describe('roles', () => {
  const readAndWrite = async () => [
    await statusAs(ada, q.Get(note('1'))),
    await statusAs(ada, q.Update(note('1'), {})),
  ];

  it('with a part that allows nothing may do what the other parts allow', async () => {
    await allow({}, { privileges: [{ resource: notes }, { resource: notes, actions: { read: true } }] });
    expect(await readAndWrite()).toEqual([200, 403]);
  });

  it.each([
    { privileges: [{ resource: notes, actions: { read: true } }, { actions: { write: true } }] },
    { membership: [{ resource: users }, {}] },
  ])('ignore a list with an entry without a resource: %j', async (fields) => {
    await allow({ read: true }, fields);
    expect(await readAndWrite()).toEqual([403, 403]);
  });
});

describe('functions', () => {
  it('run with their own role, but as who called them', async () => {
    const body = q.Query(q.Lambda('x', [q.Get(note('2')), q.CurrentIdentity()]));
    await ask(q.CreateFunction({ name: 'peek', body, role: 'server' }));
    expect(await statusAs(ada, q.Call('peek', 1))).toBe(403);
    const privileges = [
      { resource: q.Function('peek'), actions: { call: q.Query(q.Lambda('x', q.Equals(q.Var('x'), 1))) } },
    ];
    await ask(q.CreateRole({ name: 'callers', membership: { resource: users }, privileges }));
    const { resource } = await ask(q.Call('peek', 1), ada);
    expect([resource[0].ref['@ref'].id, resource[1]['@ref'].id]).toEqual(['2', '1']);
    expect(await statusAs(ada, q.Call('peek', 2))).toBe(403);
  });
});

import { describe, expect, it } from 'vitest';
import { render } from '../parse/diagnostic.js';
import type { CollectionItem } from '../parse/schema-ast.js';
import { parseSchemaItems } from '../parse/schema-items.js';
import { LIBRARY_GLOBALS, LIBRARY_SHAPES, OPERATORS } from '../types/library-types.js';
import { Typer } from '../types/typer.js';
import { validateMigrations } from './validate.js';

function itemOf(members: string): CollectionItem {
  const read = parseSchemaItems(`collection A {\n${members}\n}\n`, 'main.fsl');
  if (!read.ok) throw new Error(read.errors.map((each) => render(each)).join('\n'));
  return read.value[0] as CollectionItem;
}

function validated(live: string | undefined, submitted: string) {
  const typer = new Typer(
    (name) => LIBRARY_GLOBALS.get(name),
    (name) => LIBRARY_SHAPES.get(name),
    OPERATORS,
  );
  return validateMigrations(typer, live === undefined ? undefined : itemOf(live), itemOf(submitted));
}
const kinds = (live: string | undefined, submitted: string) => {
  const found = validated(live, submitted);
  return found.ok ? found.migrations.map(({ kind }) => kind) : found.errors.map(({ message }) => message);
};

describe('a change of a schema', () => {
  it.each([
    ['nothing new', 'n: Int', 'n: Int', []],
    ['a wider type', 'n: Int', 'n: Int | String?', []],
    ['an optional field inside of an object', 'o: { x: Int }', 'o: { x: Int, y: Int? }', []],
    ['an added field', 'n: Int', 'n: Int\n m: Int?\n migrations { add .m }', ['add']],
    ['a moved field', 'n: Int', 'm: Int\n migrations { move .n -> .m }', ['move']],
    [
      'two fields in each other’s place',
      'a: Int\n b: String',
      'a: String\n b: Int\n migrations { move .a -> .t\n move .b -> .a\n move .t -> .b }',
      ['move', 'move', 'move'],
    ],
    [
      'a narrower type',
      'n: Int | String',
      'n: Int\n migrations { split .n -> .n, .t\n drop .t\n backfill .n = 0 }',
      ['split', 'drop'],
    ],
    ['a wildcard that comes', 'n: Int', 'n: Int\n *: Any\n migrations { add_wildcard }', ['add_wildcard']],
    [
      'a wildcard that goes',
      '*: Any',
      'n: Int\n rest: { *: Any }?\n migrations { add .rest\n move_conflicts .rest\n move_wildcard .rest\n add .n\n backfill .n = 0 }',
      ['add', 'move_conflicts', 'move_wildcard', 'add'],
    ],
  ])('may be %s', (_, live, submitted, expected) => {
    expect(kinds(live, submitted)).toEqual(expected);
  });

  it('applies only the statements that are not in the live schema yet', () => {
    const live = 'a: Int?\n migrations { add .z\n move .z -> .a }';
    expect(kinds(live, 'a: Int?\n b: Int?\n migrations { move .z -> .a\n add .b }')).toEqual(['add']);
    expect(kinds(live, 'a: Int?')).toEqual([]);
  });

  it('needs nothing while there are no documents', () => {
    expect(kinds(undefined, 'x: String')).toEqual([]);
  });

  it.each([
    ['a: Int', 'a: Int\n b: Int?', 'Field `.b` is not present in the live schema'],
    ['a: Int\n b: Int', 'a: Int', 'Field `.b` is missing from the submitted schema'],
    ['a: Int?', 'a: Int', 'Field `.a` of type `Int` does not match the live type `Int | Null`'],
    ['a: Int', 'a: Int\n migrations { drop .a }', 'Cannot drop field `.a`. Dropped fields must be removed from schema'],
    ['a: Int', 'a: Int\n migrations { backfill .a = 1\n add .a }', "Cannot add field `.a` after it's backfilled"],
    ['a: Int', 'a: Int\n migrations { move .b -> .c }', 'Cannot move field `.b`, as it is not in the live schema'],
    [
      'a: Int',
      'a: Int\n migrations { split .a -> .b, .c }',
      'Cannot split field: field is still present in submitted schema',
    ],
    [
      'a: Int',
      'a: Int\n b: Int\n migrations { add .b\n backfill .b = "x" }',
      'Type `String` is not a subtype of `Int`',
    ],
    [
      'a: Int',
      'a: Int\n migrations { move_conflicts .a }',
      'Cannot move wildcard conflicts, as there is no wildcard in the submitted schema',
    ],
    ['a: Int', 'a: Int\n *: Any', 'Wildcard was not present in the live schema'],
    ['a: Int\n *: Any', 'a: Int', 'Missing wildcard definition'],
    [
      'a: Int\n *: Any',
      'a: Int\n b: Int?\n *: Any\n migrations { add .b }',
      'Cannot add field, as `.b` conflicts with the wildcard',
    ],
  ])('is refused: %s → %s', (live, submitted, message) => {
    expect(kinds(live, submitted)).toContain(message);
  });

  it('says where, and what would help', () => {
    const found = validated('a: Int', ' a: Int\n b: Int');
    expect(!found.ok && render(found.errors[0]!)).toBe(`error: Field \`.b\` is not present in the live schema
at main.fsl:3:2
  |
3 |  b: Int
  |  ^
  |
hint: Provide an \`add\` migration for this field
  |
3 |    migrations {
  |  __+
4 | |     add .b
5 | |     backfill .b = <expr>
6 | |   }
  | |____^
  |
hint: Add a default value to this field
  |
3 |  b: Int = <expr>
  |        +++++++++
  |
hint: Make the field nullable
  |
3 |  b: Int?
  |        +
  |`);
  });
});

it('names what a wrong value should be before its causes', () => {
  const found = validated('a: Int', 'a: Int\n o: { x: Int }\n migrations { add .o\n backfill .o = { y: 1 } }');
  expect(!found.ok && found.errors[0]?.hints?.map(({ message }) => message)).toEqual([
    'Field type defined here',
    'Type `{ y: 1 }` contains extra field `y`',
    'Type `{ y: 1 }` does not have field `x`',
    'Type `{ y: 1 }` inferred here',
  ]);
});

it('reports an unknown type once', () => {
  expect(kinds('a: Int', 'a: Int\n r: Ref<Nope>?\n migrations { add .r }')).toEqual(['Unknown type `Nope`']);
});

// The layers of all packages, from the ground up: a folder may import from those before it, from nothing else.
// ARCHITECTURE.md draws them. Folders in one line stand beside each other and do not know each other. '' is the folder
// `src` itself. Every folder has its place here, so a folder and one within it cannot need each other either. `npm run lint`
// checks all this, and that there are no circles.
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** @type {Readonly<Record<string, readonly (string | readonly string[])[]>>} */
const layers = {
  'packages/java/src': ['numbers', 'text', 'time', 'format', 'regex', ''],
  'packages/store/src': [''],
  'packages/traffic/src': [''],
  'packages/faunadb-server/src': [
    'values',
    'storage',
    'model/migrations',
    'model/base',
    'model/refs',
    'model/documents',
    'model/indexes',
    'model/schema',
    ['model/sets', 'model/auth', 'model/maintenance'],
    ['model/pagination', 'model/kinds'],
    'model',
    'query',
    'fql4/wire',
    'fql4/evaluate',
    'fql4/functions/numbers',
    'fql4/functions/time',
    'fql4/functions/strings',
    'fql4/functions',
    'fql4/parse',
    'fql4',
    ['fql10/parse', 'fql10/stored'],
    ['fql10/types', 'fql10/evaluate'],
    'fql10/migrations',
    ['fql10/sets', 'fql10/documents', 'fql10/functions'],
    'fql10/library',
    ['fql10/typecheck', 'fql10/wire'],
    'fql10/schema',
    'fql10',
    'fql10/events',
    ['engine/streams', 'engine/apart'],
    'engine',
    'http',
    'server',
    'cli',
    '',
  ],
  'packages/core-server/src': [
    'common',
    'json',
    'cdi',
    ['storage', 'settings'],
    ['keys', 'passwords', 'tenants'],
    'users',
    ['sessions', 'recipes', 'dashboard', 'email-verification', 'totp'],
    ['recipes/bulk-import', 'recipes/passwordless', 'webauthn'],
    'jobs',
    'core',
    'http',
    'apis/common',
    [
      'apis/accountlinking',
      'apis/bulkimport',
      'apis/core',
      'apis/dashboard',
      'apis/emailpassword',
      'apis/emailverification',
      'apis/jwt',
      'apis/multitenancy',
      'apis/passwordless',
      'apis/session',
      'apis/thirdparty',
      'apis/totp',
      'apis/useridmapping',
      'apis/usermetadata',
      'apis/userroles',
      'apis/users',
      'apis/webauthn',
    ],
    'apis',
    '',
  ],
  'packages/supertokens-faunadb/src': [
    'shared',
    'fauna/base',
    ['fauna/fql4', 'fauna/fql10'],
    'fauna',
    ['backend', 'client'],
    'client/fauna',
    'operations/testing',
    'operations',
    'cli',
    '',
  ],
};

for (const [source, rows] of Object.entries(layers)) {
  const modules = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
  for (const folder of new Set(modules.map((file) => dirname(file).replaceAll('\\', '/')))) {
    if (folder !== '.' && !rows.flat().includes(folder))
      throw new Error(`${source}/${folder} is in no layer: add it to .dependency-cruiser.mjs and ARCHITECTURE.md.`);
  }
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** What matches the files of a folder, but not those of the folders in it that have a layer of their own. */
function filesOf(source, folder, folders) {
  const inner = folders.filter((other) => other !== folder && (folder === '' || other.startsWith(`${folder}/`)));
  const path = folder === '' ? source : `${source}/${folder}`;
  const own = `^${escaped(path)}/`;
  return inner.length === 0
    ? own
    : `${own}(?!(?:${inner.map((other) => escaped(folder === '' ? other : other.slice(folder.length + 1))).join('|')})/)`;
}

const downwards = Object.entries(layers).flatMap(([source, rows]) => {
  const folders = rows.flat();
  return rows.flatMap((row, i) =>
    [row].flat().map((folder) => ({
      name: 'downwards',
      severity: 'error',
      comment: `${source}/${folder} may import from what lies below it only.`,
      from: { path: filesOf(source, folder, folders) },
      to: {
        path: rows
          .slice(i)
          .flat()
          .filter((other) => other !== folder)
          .map((other) => filesOf(source, other, folders)),
      },
    })),
  );
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...downwards.filter(({ to }) => to.path.length > 0),
    {
      name: 'no-circle-of-folders',
      severity: 'error',
      comment: 'Folders that need each other are one folder, or lack a third one.',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-circle-at-run-time',
      severity: 'error',
      comment:
        'Modules that load each other are loaded in whatever order. Types may refer to each other within a folder.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'languages-apart',
      severity: 'error',
      comment: 'FQL v4 and v10 stand beside each other: what both need is in query/, model/ or values/.',
      from: { path: '^packages/faunadb-server/src/fql(4|10)/' },
      to: { path: '^packages/faunadb-server/src/fql(4|10)/', pathNot: '^packages/faunadb-server/src/fql$1/' },
    },
    {
      name: 'ground-packages',
      severity: 'error',
      comment: 'java, store and traffic know neither each other nor the servers.',
      from: { path: '^packages/(java|store|traffic)/' },
      to: { path: '^(packages|apps|benchmarks)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'servers-apart',
      severity: 'error',
      comment: 'Neither server knows the other, the integration or the demo.',
      from: { path: '^packages/(core-server|faunadb-server)/' },
      to: { path: '^(packages|apps|benchmarks)/', pathNot: '^packages/($1|java|store|traffic)/' },
    },
    {
      name: 'integration-apart',
      severity: 'error',
      comment:
        'The integration knows no server: it speaks to those that answer at two URLs. Its test kit and dev start the embedded ones.',
      from: {
        path: '^packages/(supertokens-faunadb|compat)/',
        pathNot: '^packages/supertokens-faunadb/(test/|src/operations/(testing/|dev\\.ts))',
      },
      to: { path: '^(packages|apps|benchmarks)/', pathNot: '^packages/(supertokens-faunadb|compat)/' },
    },
    {
      name: 'not-to-tests',
      severity: 'error',
      from: { pathNot: '(\\.test\\.tsx?$|/test/)' },
      to: { path: '(\\.test\\.tsx?$|^packages/[^/]+/test/)' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(/dist/|/compiled/|/test/|\\.test\\.tsx?$|\\.d\\.ts$|/node_modules/)' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'require', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};

// Bundles the server in the current folder for publishing: its command line and its library, including this repository's
// private packages. Fewer files start faster, and the archive installs without the workspace.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const PRIVATE = '@supertokens-faunadb/';
/** The output of `tsc --build`. */
const COMPILED = 'compiled';
const OUT = 'dist';
/** Entry point of the server's child processes, if it has any. */
const QUERY_PROCESS = 'src/engine/query-process.ts';

/** @type {import('esbuild').BuildOptions & { metafile: true }} */
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  conditions: ['source'],
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
};

/**
 * Marks packages as external, except those that are bundled with all their dependencies.
 *
 * @param {(name: string) => boolean} isPacked
 * @returns {import('esbuild').Plugin}
 */
const leaveOut = (isPacked) => ({
  name: 'leave out',
  setup({ onResolve }) {
    onResolve({ filter: /^[^.]/ }, ({ path, kind, importer }) =>
      kind === 'entry-point' || importer.includes('node_modules') || isPacked(path)
        ? undefined
        : { path, external: true },
    );
  },
});

rmSync(OUT, { recursive: true, force: true });
const modules = await build({
  ...common,
  entryPoints: {
    index: 'src/index.ts',
    start: 'src/cli.ts',
    ...(existsSync(QUERY_PROCESS) ? { 'start-process': QUERY_PROCESS } : {}),
  },
  outdir: OUT,
  chunkNames: 'start-[hash]',
  splitting: true,
  format: 'esm',
  plugins: [leaveOut((name) => name.startsWith(PRIVATE))],
});
// For loaders without ECMAScript module support, such as Jest. Therefore ESM-only dependencies are bundled too.
const onlyModules = ['jose', 'p-limit'];
const commonJs = await build({
  ...common,
  entryPoints: ['src/index.ts'],
  outfile: join(OUT, 'index.cjs'),
  format: 'cjs',
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  plugins: [leaveOut((name) => name.startsWith(PRIVATE) || onlyModules.includes(name))],
});
checkDependencies(modules.metafile);
checkDependencies(commonJs.metafile);
await packDeclarations();

/**
 * @param {import('esbuild').Metafile} metafile
 * @throws {Error} if package.json does not list a dependency that the bundle imports.
 */
function checkDependencies({ outputs }) {
  const imports = Object.values(outputs).flatMap((output) => output.imports);
  for (const { path } of imports.filter(({ external, path }) => external && !isBuiltin(path))) {
    const name = /^(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;
    if (!(name in dependencies))
      throw new Error(`package.json must list ${name} in "dependencies": the bundle imports it.`);
  }
}

/**
 * Bundles the declarations into one file per module system: the nearest package.json decides how a `.d.ts` is read.
 *
 * @throws {Error} if the public types refer to a private package.
 */
async function packDeclarations() {
  const bundle = await rollup({
    input: join(COMPILED, 'index.d.ts'),
    plugins: [{ name: 'take in', resolveId: declarationsOfPrivate }, dts()],
    external: (name) => !/^[./]/.test(name) && !name.startsWith(PRIVATE),
    onwarn: () => {}, // unused imports of modules that were dropped
  });
  const { output } = await bundle.generate({});
  const text = output[0].code;
  if (text.includes(PRIVATE)) throw new Error('The public types refer to a private package.');
  mkdirSync(join(OUT, 'cjs'));
  writeFileSync(join(OUT, 'index.d.ts'), text);
  writeFileSync(join(OUT, 'cjs/index.d.ts'), text);
  writeFileSync(join(OUT, 'cjs/package.json'), `${JSON.stringify({ type: 'commonjs' })}\n`);
}

/**
 * Where a private package's declarations are. `tsc --build` has compiled them too.
 *
 * @param {string} name a package, or a package and one of its entry points
 */
function declarationsOfPrivate(name) {
  if (!name.startsWith(PRIVATE)) return undefined;
  const [folder = '', ...entry] = name.slice(PRIVATE.length).split('/');
  return join(process.cwd(), '..', folder, 'dist', ...entry, 'index.d.ts');
}

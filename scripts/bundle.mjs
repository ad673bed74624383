// Packs the server in the current folder into what is published: its command line and its library, with this
// repository's private packages inside. Few files start faster, and the archive installs without the workspace.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const PRIVATE = '@supertokens-faunadb/';
/** What `tsc --build` has compiled. */
const COMPILED = 'compiled';
const OUT = 'dist';
/** Runs in processes of its own, where the server has such. */
const QUERY_PROCESS = 'src/engine/apart/process.ts';

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
 * Leaves packages to be installed beside this one, except for those that are packed into it with all that they need.
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
// For whatever cannot load ECMAScript modules, such as Jest; so packages that are nothing else are packed as well.
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
 * @throws {Error} where the package does not name a dependency that its code needs.
 */
function checkDependencies({ outputs }) {
  const imports = Object.values(outputs).flatMap((output) => output.imports);
  for (const { path } of imports.filter(({ external, path }) => external && !isBuiltin(path))) {
    const name = /^(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;
    if (!(name in dependencies))
      throw new Error(`package.json must name ${name} in "dependencies": the bundle imports it.`);
  }
}

/**
 * Packs the declarations into one file, once for each module system: a `.d.ts` is read as the nearest package.json says.
 *
 * @throws {Error} where the public types name a private package.
 */
async function packDeclarations() {
  const bundle = await rollup({
    input: join(COMPILED, 'index.d.ts'),
    plugins: [{ name: 'take in', resolveId: declarationsOfPrivate }, dts()],
    external: (name) => !/^[./]/.test(name) && !name.startsWith(PRIVATE),
    onwarn: () => {}, // of imports that only left-out modules use
  });
  const { output } = await bundle.generate({});
  const text = output[0].code;
  if (text.includes(PRIVATE)) throw new Error('The public types name a private package.');
  mkdirSync(join(OUT, 'cjs'));
  writeFileSync(join(OUT, 'index.d.ts'), text);
  writeFileSync(join(OUT, 'cjs/index.d.ts'), text);
  writeFileSync(join(OUT, 'cjs/package.json'), `${JSON.stringify({ type: 'commonjs' })}\n`);
}

/**
 * Where the declarations of a private package are, which `tsc --build` has compiled too.
 *
 * @param {string} name of a package, or of one and an entry point of it
 */
function declarationsOfPrivate(name) {
  if (!name.startsWith(PRIVATE)) return undefined;
  const [folder = '', ...entry] = name.slice(PRIVATE.length).split('/');
  return join(process.cwd(), '..', folder, 'dist', ...entry, 'index.d.ts');
}

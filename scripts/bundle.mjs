// Packs the server in the current folder: its command line into few files, because reading its modules one by one took a
// third of the time that a start takes; and its library as CommonJS, for whatever cannot load ECMAScript modules (Jest).
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const dist = join(process.cwd(), 'dist');
/** @type {import('esbuild').BuildOptions} */
const common = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };

for (const file of readdirSync(dist)) if (file.startsWith('start')) rmSync(join(dist, file));
// What the server of FaunaDB runs in processes of their own.
const apart = join(dist, 'engine', 'apart', 'process.js');
await build({
  ...common,
  entryPoints: { start: join(dist, 'cli.js'), ...(existsSync(apart) ? { 'start-process': apart } : {}) },
  // Beside the module it is made of, so that paths relative to it are the same.
  outdir: dist,
  chunkNames: 'start-[hash]',
  splitting: true,
  format: 'esm',
  packages: 'external',
});

// These are ECMAScript modules only.
/** @param {string} name */
const isPacked = (name) => name.startsWith('@supertokens-faunadb/') || name === 'jose';
const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const store = JSON.parse(readFileSync(join(dist, '../../store/package.json'), 'utf8'));
await build({
  ...common,
  entryPoints: [join(dist, 'index.js')],
  outfile: join(dist, 'index.cjs'),
  format: 'cjs',
  external: Object.keys({ ...dependencies, ...store.dependencies }).filter((name) => !isPacked(name)),
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
});
copyDeclarations('index.d.ts');
writeFileSync(join(dist, 'cjs/package.json'), `${JSON.stringify({ type: 'commonjs' })}\n`);

/**
 * The declarations of the library, which are CommonJS's by the package.json beside them.
 *
 * @param {string} entry
 */
function copyDeclarations(entry) {
  rmSync(join(dist, 'cjs'), { recursive: true, force: true });
  const files = new Set([entry]);
  for (const file of files) {
    const text = readFileSync(join(dist, file), 'utf8').replace(/^\/\/# sourceMappingURL.*$/m, '');
    for (const [, path] of text.matchAll(/(?:from|import\()\s*['"](\.[^'"]+)\.js['"]/g)) {
      files.add(join(dirname(file), `${path}.d.ts`));
    }
    mkdirSync(dirname(join(dist, 'cjs', file)), { recursive: true });
    writeFileSync(join(dist, 'cjs', file), text);
  }
}

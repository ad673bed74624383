// Builds the package twice: ECMAScript modules into dist/, CommonJS into dist/cjs/.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cwd = join(dirname(fileURLToPath(import.meta.url)), '..');
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
for (const args of [['--build'], ['--project', 'tsconfig.cjs.json']]) {
  execFileSync(process.execPath, [tsc, ...args], { cwd, stdio: 'inherit' });
}
writeFileSync(join(cwd, 'dist/cjs/package.json'), `${JSON.stringify({ type: 'commonjs' })}\n`);

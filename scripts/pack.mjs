import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';
import { artefactsFolder, root } from './lib/repository.mjs';
import { runNpm } from './lib/run.mjs';

// Builds everything and packs the archives that npm would install. The packages are not on npm yet.
await main(async () => {
  await ensureDependencies();
  await build();
  const folder = join(artefactsFolder, 'packages');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const names = readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name, 'package.json'))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')).name);
  const workspaces = names.flatMap((name) => ['--workspace', name]);
  process.exitCode = await runNpm(['pack', '--silent', ...workspaces, '--pack-destination', folder]);
});

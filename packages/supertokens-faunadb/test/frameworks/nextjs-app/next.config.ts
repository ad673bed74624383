import { fileURLToPath } from 'node:url';
import type { NextConfig } from 'next';

export default {
  // A name that git, Biome and the build's fingerprint ignore already.
  distDir: 'dist',
  turbopack: {
    // The root of the repository, for that is where the packages are that this folder has not.
    root: fileURLToPath(new URL('../../../../..', import.meta.url)),
  },
} satisfies NextConfig;

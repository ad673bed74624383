import { readFileSync } from 'node:fs';

/**
 * How many bytes of files this process has mapped and in memory, its own code among them; `undefined` where the system does
 * not tell it, which only Linux does.
 */
export function residentFileBytes(): number | undefined {
  let status: string;
  try {
    status = readFileSync('/proc/self/status', 'latin1');
  } catch {
    return undefined;
  }
  // A file in a file system that is memory itself counts as shared memory.
  const parts = [/^RssFile:\s+(\d+) kB$/m, /^RssShmem:\s+(\d+) kB$/m].map((line) => line.exec(status)?.[1]);
  return parts[0] === undefined ? undefined : parts.reduce((sum, kB) => sum + Number(kB ?? 0) * 1024, 0);
}

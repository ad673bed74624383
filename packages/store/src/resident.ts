import { readFileSync } from 'node:fs';

/**
 * How many bytes of mapped files are resident in this process, including its own code; `undefined` on systems other than
 * Linux.
 */
export function residentFileBytes(): number | undefined {
  let status: string;
  try {
    status = readFileSync('/proc/self/status', 'latin1');
  } catch {
    return undefined;
  }
  // Files on a memory file system count as shared memory.
  const parts = [/^RssFile:\s+(\d+) kB$/m, /^RssShmem:\s+(\d+) kB$/m].map((line) => line.exec(status)?.[1]);
  return parts[0] === undefined ? undefined : parts.reduce((sum, kB) => sum + Number(kB ?? 0) * 1024, 0);
}

import type { Token } from './session.js';

/** The part of a token that may be shown: enough to distinguish tokens, too little to use one. */
export function startOf({ secret }: Token): string {
  return `${secret.slice(0, 10)}…`;
}

/** Formats milliseconds like a clock. */
export function clockTime(span: number): string {
  const seconds = Math.max(0, Math.round(span / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part) => String(part).padStart(2, '0')).join(':');
}

const ALPHABET = 'ybndrfg8ejkmcpqxot1uwisza345h769';

/**
 * Formats a 64-bit number in z-base-32: the id of a database among all databases of a server.
 *
 * @see https://philzimmermann.com/docs/human-oriented-base-32-encoding.txt
 */
export function globalIdOf(id: bigint): string {
  // 64 bits are twelve groups of five, after a first group of four.
  let rest = BigInt.asUintN(64, id) << 1n;
  let text = '';
  for (let i = 0; i < 13; i++, rest >>= 5n) text = ALPHABET[Number(rest & 31n)] + text;
  return text;
}

/**
 * The port that an environment variable sets, if any.
 *
 * @param {string} variable its name
 * @returns {number | undefined}
 * @throws {Error} if its value is not a port.
 */
export function wishedPort(variable) {
  const wish = process.env[variable];
  if (!wish) return undefined;
  const port = Number(wish);
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw new Error(`${variable} is "${wish}", which is not a port.`);
}

/**
 * The port to use: the one that the variable sets, else the usual one, else the next free one above it.
 *
 * @param {string} variable an environment variable's name
 * @param {number} usual
 * @returns {Promise<number>}
 * @throws {Error} if the variable's value is not a port, or the port is taken.
 */
export async function choosePort(variable, usual) {
  const { default: getPort, portNumbers } = await import('get-port');
  const wish = wishedPort(variable);
  const last = usual + 99;
  const port = await getPort({ port: wish ?? portNumbers(usual, last) });
  if (wish !== undefined && port !== wish) {
    throw new Error(`${variable} is ${wish}, but another program uses that port.`);
  }
  if (wish === undefined && (port < usual || port > last)) {
    throw new Error(`The ports ${usual} to ${last} are all taken: set ${variable} to a free one.`);
  }
  if (wish === undefined && port !== usual) console.log(`Port ${usual} is taken: using ${port}.`);
  return port;
}

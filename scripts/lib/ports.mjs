import { createServer } from 'node:net';

/**
 * The port that an environment variable names, if any.
 *
 * @param {string} variable its name
 * @returns {number | undefined}
 * @throws {Error} where it names no port.
 */
export function wishedPort(variable) {
  const wish = process.env[variable];
  if (!wish) return undefined;
  const port = Number(wish);
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw new Error(`${variable} is "${wish}", which is no port.`);
}

/**
 * The port to use: the one the variable names, else the usual one, else the next above it that is free.
 *
 * @param {string} variable an environment variable's name
 * @param {number} usual
 * @returns {Promise<number>}
 * @throws {Error} where the variable names no port, or one that is taken.
 */
export async function choosePort(variable, usual) {
  const wish = wishedPort(variable);
  if (wish !== undefined) {
    if (!(await isFree(wish))) throw new Error(`${variable} is ${wish}, and another program uses that port.`);
    return wish;
  }
  for (let port = usual; port < usual + 100; port++) {
    if (await isFree(port)) return port;
    console.log(`Port ${port} is taken, trying the next.`);
  }
  throw new Error(`The ports ${usual} to ${usual + 99} are all taken: name a free one in ${variable}.`);
}

/** Free on both loopback addresses: a browser that is told "localhost" may try either. */
async function isFree(port) {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '::1'));
}

function canListen(port, host) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', ({ code }) => resolve(code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT'));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

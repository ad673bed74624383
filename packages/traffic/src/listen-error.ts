/** The address a server was to listen on, as given on its command line. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** The port of the metrics, if they are served. */
  readonly metricsPort?: number | undefined;
}

/**
 * Converts a failure to listen into an error that says what to do, in terms of `--host`, `--port` and `--metrics-port`.
 *
 * @param error of listening; other errors are returned unchanged.
 */
export function explainListenError(
  error: NodeJS.ErrnoException & { readonly port?: number },
  options: ListenOptions,
): Error {
  const { host, metricsPort } = options;
  const port = error.port ?? options.port;
  const option = port === metricsPort ? '--metrics-port' : '--port';
  switch (error.code) {
    case 'EADDRINUSE':
      return new Error(`Port ${port} of ${host} is taken: stop what listens there, or give another ${option}.`);
    case 'EACCES':
      return new Error(`This user may not listen on port ${port} of ${host}: give another ${option}.`);
    case 'EADDRNOTAVAIL':
    case 'EAI_AGAIN':
    case 'ENOTFOUND':
      return new Error(`${host} is no address of this machine: give another --host.`);
    default:
      return error;
  }
}

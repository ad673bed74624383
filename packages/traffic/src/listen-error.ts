/** Where a server was to listen, as its command line says it. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Where its metrics were to be served, if anywhere. */
  readonly metricsPort?: number | undefined;
}

/**
 * An error that says what to do about a port that cannot be listened on, in terms of `--host`, `--port` and `--metrics-port`.
 *
 * @param error what listening failed with; any other is returned as it is.
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

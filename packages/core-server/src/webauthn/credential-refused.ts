/** A credential is refused, as malformed or as wrong; the message is the reason for clients. */
export class CredentialRefused extends Error {
  override readonly name = 'CredentialRefused';
  constructor(
    readonly kind: 'malformed' | 'wrong',
    message: string,
  ) {
    super(message);
  }
}

export function malformed(message = 'Input data does not match expected form'): CredentialRefused {
  return new CredentialRefused('malformed', message);
}

/** @throws CredentialRefused unless `holds` */
export function require(holds: boolean, message: string): void {
  if (!holds) throw new CredentialRefused('wrong', message);
}

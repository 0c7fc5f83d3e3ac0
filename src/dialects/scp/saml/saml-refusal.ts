/**
 * Why an assertion is refused. Clients are told the kind and nothing else; the reason goes to the audit log, and never holds anything of
 * the assertion but what an attacker has chosen anyway.
 */
export type SamlRefusalKind =
  /** Not a signed assertion of this provider at all. */
  | 'invalid'
  /** Its time has passed, or has not come. */
  | 'expired'
  /** Genuine, but for somebody or something else. */
  | 'claim';

export class SamlRefusal extends Error {
  override readonly name = 'SamlRefusal';
  readonly kind: SamlRefusalKind;
  readonly reason: string;

  constructor(kind: SamlRefusalKind, reason: string) {
    super(`${kind}: ${reason}`);
    this.kind = kind;
    this.reason = reason;
  }
}

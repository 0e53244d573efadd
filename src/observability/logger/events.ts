/** Events of {@link StructuredLogger}. */
export interface LoggerEvents {
  /** A destination no longer takes lines; they are counted as dropped. */
  readonly losing: DestinationChange;
  /** A destination takes lines again. */
  readonly writing: DestinationChange;
}

/** Which destination changed. */
export interface DestinationChange {
  /** `main` for `destination`, `security` for `securityDestination`. */
  readonly destination: 'main' | 'security';
}

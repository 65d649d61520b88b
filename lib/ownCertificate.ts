/** A certificate that pods write into a Secret which they mount. */
export interface OwnCertificate {
  /** The Secret, as `namespace/name`. */
  secret: string;
  /** Labels of the pods, as a selector. */
  pods: string;
}

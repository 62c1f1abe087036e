export interface ReplayOptions {
  /** The fixture: read, or with `RECORD=1` written. */
  readonly file: string;
  /** The provider, without a path: `https://api.acme.com`. */
  readonly upstream: string;
  /** Needed to record only, and never written: `process.env.ACME_API_KEY`. */
  readonly key: string | undefined;
  /** What else must not be written, such as an organisation's name. Keys of common shapes are found without. */
  readonly secrets?: readonly string[] | undefined;
  /** Whether the pauses of the recording are kept. Default: no, each chunk comes on its own turn. */
  readonly timing?: boolean | undefined;
}

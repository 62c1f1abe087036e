/** Some text of a file. */
export interface TextPiece {
  readonly text: string;
  /** Bytes of it are not text, and stand in it as U+FFFD. It is then of one line, its end included. */
  readonly isBroken: boolean;
}

import 'react';

declare module 'react' {
  interface CSSProperties {
    /** The part of the width between two lines of a time axis. */
    '--step'?: string;
  }
}

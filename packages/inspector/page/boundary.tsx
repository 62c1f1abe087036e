import { Component, type ReactNode } from 'react';

/** Recordings come from anywhere: what cannot be shown of one takes nothing else along. */
export class Boundary extends Component<{ children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return <p className="hint nothing">This cannot be shown. Choose another operation or run.</p>;
  }
}

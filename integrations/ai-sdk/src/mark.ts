const MARK = Symbol.for('mortise.ai-sdk');

/** Marks a model that `toAISDK` made, for `fromAISDK` of any copy: what theirs has no place for goes along under `mortise`. */
export function marked<M extends object>(model: M): M {
  return Object.defineProperty(model, MARK, { value: true });
}

export function isOurs(model: object): boolean {
  return (model as { readonly [MARK]?: unknown })[MARK] === true;
}

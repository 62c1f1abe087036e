/** On the signal of an attempt. Registered, so that another copy of core finds it too. */
const SAID = Symbol.for('mortise.said');

type Signal = AbortSignal & { [SAID]?: () => void };

/** Calls `hear` when something is said in a call that was made with `signal`, or with one that is linked to it. */
export function hearIn(signal: Signal, hear: () => void): void {
  signal[SAID] = hear;
}

/** Something was said in a call that was made with `signal`: the attempt that it is part of, where there is one, hears it. */
export function sayIn(signal: Signal | undefined): void {
  signal?.[SAID]?.();
}

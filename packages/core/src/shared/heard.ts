/**
 * What a function of the application gave, where nobody waits for it. Every callback may be an async function, and a rejection
 * that nobody hears ends the process: `failed` hears it. Default: it is dropped.
 */
export function heard<T>(given: T, failed: (error: unknown) => void = dropped): T {
  if (given instanceof Promise) given.catch(failed);
  return given;
}

function dropped(): void {
  // Nobody asked to be told.
}

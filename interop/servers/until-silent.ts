/** Resolves when a count has stood still for half a second. */
export async function untilSilent(count: () => number): Promise<void> {
  for (let last = -1; last !== count();) {
    last = count();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

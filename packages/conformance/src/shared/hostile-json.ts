/** What is no JSON, or none that anybody writes: each may stand in the metadata of a node. */
export function hostileValues(): [what: string, value: unknown][] {
  let deep: unknown = 1;
  for (let at = 0; at < 5_000; at++) deep = at % 2 === 0 ? [deep] : { deep };
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  const doubled = Array.from({ length: 60 }).reduce<unknown>((value) => [value, value], 1);
  const throwing = Object.defineProperty({}, 'x', {
    enumerable: true,
    get() {
      throw new Error('a getter that throws');
    },
  });
  return [
    ['5,000 levels', deep],
    ['itself', cyclic],
    ['2^60 values of a few lists', doubled],
    ['a BigInt', 1n],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['NaN', [NaN]],
    ['an object of a class', new Map([['a', 1]])],
    ['a getter that throws', throwing],
  ];
}

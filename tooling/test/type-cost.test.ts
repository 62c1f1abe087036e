import { expect, test } from 'vitest';
import {
  AGENTS,
  application,
  INSTANTIATIONS,
  PROMPTS,
  SCHEMAS,
  typeCost,
  typeCostProblems,
} from '../type-cost.ts';

test(`${PROMPTS} prompts, ${SCHEMAS} schemas and ${AGENTS} agents compile within the recorded number of instantiations`, () => {
  const { instantiations, errors } = typeCost();
  expect(errors).toBe('');
  expect(typeCostProblems(instantiations)).toEqual([]);
  // A number that nothing comes near holds nothing back.
  expect(instantiations).toBeGreaterThan(INSTANTIATIONS / 2);
});

test('the check names the number, the budget, and what to do', () => {
  expect(typeCostProblems(11, 10)).toEqual([
    expect.stringMatching(/instantiate 11 types, above the 10 .*: look for .* or record the new number/),
  ]);
  expect(typeCostProblems(10, 10)).toEqual([]);
});

test('the check sees what does not compile', () => {
  const { errors } = typeCost(`${application(1, 0, 0)}\nprompt0.format({});`);
  expect(errors).toContain('question0');
});

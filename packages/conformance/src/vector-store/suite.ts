import type { Suite } from '../frame/case.ts';
import type { VectorStoreSubject } from './subject.ts';
import { filterCases } from './filter-cases.ts';
import { keptCases } from './kept-cases.ts';
import { modeCases } from './mode-cases.ts';
import { outsideCases } from './outside-cases.ts';
import { refusalCases } from './refusal-cases.ts';
import { searchCases } from './search-cases.ts';
import { deleteCases } from './delete-cases.ts';
import { writeCases } from './write-cases.ts';

/** What every vector store must do. */
export const vectorStoreSuite: Suite<VectorStoreSubject> = [
  ...refusalCases,
  ...outsideCases,
  ...writeCases,
  ...deleteCases,
  ...searchCases,
  ...filterCases,
  ...modeCases,
  ...keptCases,
];

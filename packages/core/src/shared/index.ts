export { finiteNumber, oneOf, wholeNumber, type NumberBounds } from './options.ts';

import fc from 'fast-check';

// A run in CI is about the change it is for, so it draws the same cases each time. Elsewhere every run draws new ones.
if (process.env['CI'] !== undefined) fc.configureGlobal({ seed: 20_261_122 });

// How many cases: 100 where a test says nothing, and for parsers what MORTISE_PROPERTY_RUNS says, or 500.

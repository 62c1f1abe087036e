import type { FileFormat, ReadCall, SourceFile } from '@mortise/core/reader';
import { call, type Target } from './fuzz.ts';
import { streamOf } from './parts.ts';

/** A format: its options, a file as a reader gives it, and what the reading is asked for. */
export function formatTargets<O>(
  name: string,
  make: (options: O) => FileFormat,
  own: () => O,
  path: string,
  bytes: () => Uint8Array,
): Target[] {
  const file = (): SourceFile => ({
    path,
    id: path,
    bytes: async () => bytes(),
    stream: () => streamOf([bytes()]),
  });
  const asked = (): ReadCall => ({
    signal: new AbortController().signal,
    parent: 'x',
    report: () => undefined,
  });
  return [
    call(
      `${name}, its options`,
      () => [own()] as [O],
      (options) => make(options).read(file(), asked()),
    ),
    call(
      `${name}.read`,
      () => [file(), asked()] as [SourceFile, ReadCall],
      (given, reading) => make(own()).read(given, reading),
    ),
  ];
}

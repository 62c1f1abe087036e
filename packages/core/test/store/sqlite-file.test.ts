import { describe, expect, it } from 'vitest';
import { openSqliteFile } from '@mortise/core/store';

const sqlite = (errcode: number) => Object.assign(new Error('sqlite'), { errcode });
const system = (code: string) => Object.assign(new Error(code), { code });

/** A disk with what `sizes` has; folders have none. */
function disk(sizes: Record<string, number | undefined>, { isWritable = true } = {}) {
  const made: string[] = [];
  const refused = (): void => {
    if (!isWritable) throw system('EROFS');
  };
  const files: Parameters<typeof openSqliteFile>[1] = {
    existsSync: (path) => path in sizes || made.includes(path),
    mkdirSync(path) {
      if (!isWritable) throw system('ENOENT');
      made.push(path);
    },
    accessSync: refused,
    statSync(path) {
      if (!(path in sizes)) throw system('ENOENT');
      const size = sizes[path];
      return { size: size ?? 0, mtimeMs: 1, isDirectory: () => size === undefined };
    },
  };
  return { files, made, sizes };
}

/** What opens a file on a read-only file system: only as one that nobody changes. */
const onlyImmutable = (places: string[]) => (place: string, isReadOnly: boolean) => {
  places.push(place);
  if (!isReadOnly) throw sqlite(1544);
  if (!place.endsWith('immutable=1')) throw sqlite(14);
  return place;
};

describe('openSqliteFile', () => {
  it('makes the folder, unless the place has none', () => {
    const { files, made } = disk({});
    const open = (place: string) => place;
    expect(openSqliteFile('/a/b/c.sqlite', files, open)).toMatchObject({
      opened: '/a/b/c.sqlite',
      isReadOnly: false,
    });
    expect(openSqliteFile('c:\\d\\c.sqlite', files, open).opened).toBe('c:\\d\\c.sqlite');
    for (const place of [':memory:', 'file:/x/y.sqlite?mode=ro']) openSqliteFile(place, files, open);
    openSqliteFile('here.sqlite', files, open);
    expect(made).toEqual(['/a/b/', 'c:\\d\\', '.']);
  });

  it('reads what may not be written, and what nobody can write as it is, until somebody does', () => {
    const { files, sizes } = disk({ '/a/': undefined, '/a/b c?.sqlite': 9 });
    const places: string[] = [];
    const file = openSqliteFile('/a/b c?.sqlite', files, onlyImmutable(places));
    expect(file).toMatchObject({ opened: 'file:/a/b%20c%3F.sqlite?immutable=1', isReadOnly: true });
    expect(places).toHaveLength(3);
    expect(file.isStale()).toBe(false);
    sizes['/a/b c?.sqlite'] = 10;
    expect(file.isStale()).toBe(true);
  });

  it('does not leave out what stands in a log that cannot be read', () => {
    const { files } = disk({ '/a/': undefined, '/a/b': 9, '/a/b-wal': 5 });
    expect(() => openSqliteFile('/a/b', files, onlyImmutable([]))).toThrow(
      expect.objectContaining({ errcode: 14 }),
    );
  });

  it('says in the words of the system what cannot be opened or made', () => {
    const failing = () => {
      throw sqlite(14);
    };
    const locked = { isWritable: false };
    const code = (code: string) => expect.objectContaining({ code });
    expect(() => openSqliteFile('/a/b', disk({ '/a/': undefined }, locked).files, failing)).toThrow(
      code('EROFS'),
    );
    expect(() => openSqliteFile('/a/c/b', disk({ '/a/': undefined }, locked).files, failing)).toThrow(
      code('EROFS'),
    );
    expect(() => openSqliteFile('/a/b', disk({ '/a/': undefined }).files, failing)).toThrow(code('ENOENT'));
    const folder = disk({ '/a/': undefined, '/a/b': undefined });
    expect(() => openSqliteFile('/a/b', folder.files, failing)).toThrow(code('EISDIR'));
  });

  it('leaves every other failure as it is: a lock is to be waited for', () => {
    for (const errcode of [5, 11, 26])
      expect(() =>
        openSqliteFile('/a/b', disk({ '/a/': undefined, '/a/b': 1 }).files, () => {
          throw sqlite(errcode);
        }),
      ).toThrow(expect.objectContaining({ errcode }));
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { boundaryOf, isMultipart, partsOf } from './multipart.js';

it('reads what FormData writes', async () => {
  const file = fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }));
  await fc.assert(
    fc.asyncProperty(fc.array(file), async (files) => {
      const form = new FormData();
      for (const [name, text] of files) form.append(name, new Blob([text]), 'file');
      const request = new Request('http://localhost', { method: 'POST', body: form });
      const type = request.headers.get('content-type') ?? '';
      expect(isMultipart(type)).toBe(true);
      const parts = partsOf(Buffer.from(await request.arrayBuffer()), boundaryOf(type) as string, 100);
      // Lone line ends in names are normalised.
      const name = (given: string) => given.replace(/\r?\n|\r/g, '\r\n');
      expect(parts).toEqual(files.map(([given, text]) => ({ name: name(given), text })));
    }),
    { examples: [[[['a"b\r\n.fsl', '--b\r\n']]]] },
  );
});

it('ignores what is no part', () => {
  expect(partsOf(Buffer.from('x'), 'b', 10)).toEqual([]);
  expect(partsOf(Buffer.from('--b\r\nContent-Disposition: form-data; name=a\r\n\r\nunfinished'), 'b', 10)).toEqual([]);
  expect(partsOf(Buffer.from('--b\r\nContent-Type: text/plain\r\n\r\nnameless\r\n--b--'), 'b', 10)).toEqual([]);
  expect(partsOf(Buffer.from('--b\r\nContent-Disposition: form-data; name=a\r\n\r\ntext\r\n--b--'), 'b', 10)).toEqual([
    { name: 'a', text: 'text' },
  ]);
});

it('finds the boundary', () => {
  expect(boundaryOf('multipart/form-data; boundary=b')).toBe('b');
  expect(boundaryOf('multipart/form-data; charset=utf-8; boundary="a b"')).toBe('a b');
  expect(boundaryOf('multipart/form-data')).toBeUndefined();
  expect(isMultipart('text/plain; multipart/form-data')).toBe(false);
});

it('reads no more parts than it is told to, and none with very long headers', () => {
  const part = (name: string) => `--b\r\nContent-Disposition: form-data; name=${name}\r\n\r\ntext\r\n`;
  const body = (...names: string[]) => Buffer.from(`${names.map(part).join('')}--b--`);
  expect(partsOf(body('a', 'b', 'c'), 'b', 2).map(({ name }) => name)).toEqual(['a', 'b']);
  expect(partsOf(body('x'.repeat(20_000), 'b'), 'b', 10).map(({ name }) => name)).toEqual(['b']);
});

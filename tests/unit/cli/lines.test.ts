import { describe, expect, it } from 'vitest';
import { linesOf } from '../../../src/cli/lines.js';

const read = async (...chunks: (Buffer | string)[]): Promise<string[]> => {
  const lines: string[] = [];
  for await (const line of linesOf(
    (async function* () {
      yield* chunks;
    })(),
  ))
    lines.push(line);
  return lines;
};

describe('linesOf', () => {
  it.each([
    [[], []],
    [['a\nb'], ['a', 'b']],
    [
      ['a\n', '\nb\n'],
      ['a', '', 'b'],
    ],
    [
      ['a', 'b\r', '\nc'],
      ['ab', 'c'],
    ],
    [['a\u2028b\u2029c\rd\n'], ['a\u2028b\u2029c\rd']],
  ])('%j is %j', async (chunks, lines) => expect(await read(...chunks)).toEqual(lines));

  it('puts characters together that two chunks share', async () => {
    const bytes = Buffer.from('日本\n語👍');
    const single = [...bytes].map((byte) => Buffer.from([byte]));
    expect(await read(...single)).toEqual(['日本', '語👍']);
  });

  it('keeps only the beginning of a line without end', async () => {
    const [line, next] = await read(...Array.from({ length: 10 }, () => 'x'.repeat(1024 * 1024)), '\nnext');
    expect(line?.length).toBe(8 * 1024 * 1024);
    expect(next).toBe('next');
  });
});

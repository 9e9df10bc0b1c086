import { StringDecoder } from 'node:string_decoder';

/** Longer than any row may be; of a line beyond it only the beginning is kept, so that a file without line breaks fits in memory. */
const MAX_CHARS = 8 * 1024 * 1024;

/** The lines of a stream of UTF-8, without their ends. Not readline: that one also breaks at U+2028, which JSON allows in texts. */
export const linesOf = async function* (chunks: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let open = '';
  for await (const chunk of chunks) {
    const parts = (typeof chunk === 'string' ? chunk : decoder.write(chunk)).split('\n');
    for (const part of parts.slice(0, -1)) {
      yield (open + part).replace(/\r$/, '');
      open = '';
    }
    open = (open + (parts.at(-1) ?? '')).slice(0, MAX_CHARS);
  }
  open += decoder.end();
  if (open !== '') yield open;
};

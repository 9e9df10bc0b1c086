import { createHash } from 'node:crypto';
import { z } from 'zod';
import { openLogFile } from './action-log.js';
import { errorCode } from './paths.js';

/** How far the action log has been taken over: kept in the history, so it names a line by its stamp and digest, never by its words. */
const positionSchema = z.object({ file: z.string(), bytes: z.number().min(0), stamp: z.string(), digest: z.string() });
export type LogPosition = z.infer<typeof positionSchema>;

export interface NewLines {
  readonly lines: readonly string[];
  readonly position: LogPosition;
}

/** Whatever is older was before the history's time. */
const MOST_BYTES = 5_000_000;
const STAMP_LENGTH = 19;
const NEWLINE = 0x0a;

const digestOf = (line: string): string => createHash('sha256').update(line).digest('base64url').slice(0, 16);

/** A kept position; null = none, or not one of ours. */
export const parsePosition = (text: string): LogPosition | null => {
  try {
    const parsed = positionSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
};

/** What of a file that is another one than last time (rotated, cleared) came after the last line that was taken. */
const after = (lines: readonly string[], position: LogPosition | null): readonly string[] => {
  if (position === null) return lines;
  const at = lines.findLastIndex((line) => line.startsWith(position.stamp) && digestOf(line) === position.digest);
  return at >= 0 ? lines.slice(at + 1) : lines.filter((line) => line.slice(0, STAMP_LENGTH) > position.stamp);
};

/** The whole lines that were added to the action log since a position; null = nothing, or the log cannot be read now. */
export const newLogLines = async (path: string, position: LogPosition | null): Promise<NewLines | null> => {
  try {
    const { handle, stats } = await openLogFile(path);
    try {
      const file = `${stats.dev}:${stats.ino}:${stats.birthtimeNs}`;
      const size = Number(stats.size);
      const same = position?.file === file && position.bytes <= size;
      const from = same ? Math.max(position.bytes, size - MOST_BYTES) : Math.max(0, size - MOST_BYTES);
      if (from >= size) return null;
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
      const whole = buffer.subarray(0, buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1);
      const all = whole
        .toString('utf8')
        .split(/\r?\n/)
        .filter((line) => line !== '');
      const lines = same ? all : after(all, position);
      const last = all.at(-1);
      if (last === undefined) return null;
      return { lines, position: { file, bytes: from + whole.length, stamp: last.slice(0, STAMP_LENGTH), digest: digestOf(last) } };
    } finally {
      await handle.close();
    }
  } catch (error) {
    errorCode(error);
    return null;
  }
};

import { openLogFile } from './action-log.js';
import { errorCode } from './paths.js';

/**
 * The lines in the last bytes of a file of ours, without one that these cut through; none where there is no file. Rejects with the
 * operating system's error.
 */
export const readTail = async (path: string, mostBytes: number): Promise<readonly string[]> => {
  try {
    const { handle, stats } = await openLogFile(path);
    try {
      const length = Math.min(Number(stats.size), mostBytes);
      const from = Number(stats.size) - length;
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
      const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
      return from === 0 ? lines : lines.slice(1);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
};

import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Os } from '../shared/types.js';

const NAME = 'claude-manager-automatic-cleanup';

/**
 * Where one process of this machine can listen and no second one: Linux' abstract sockets and Windows' pipes are the whole machine's and
 * go with their process, whatever ends it. On macOS a socket file of this user's has to do.
 */
const placeOf = (os: Os): string => {
  if (os === 'linux') return `\0${NAME}`;
  return os === 'win32' ? `\\\\.\\pipe\\${NAME}` : join(tmpdir(), `${NAME}.sock`);
};

export interface MachineLock {
  /** The way to give it back, or null where somebody else on this machine has it. */
  readonly take: () => Promise<(() => Promise<void>) | null>;
}

/** One automatic cleanup at a time on a machine, whoever runs it. */
export const createMachineLock = (os: Os, place: string = placeOf(os)): MachineLock => ({
  take: () =>
    new Promise((resolve) => {
      const server: Server = createServer((socket) => socket.destroy());
      server.once('error', () => resolve(null));
      server.listen(place, () => {
        server.unref();
        resolve(() => new Promise((done) => server.close(() => done())));
      });
    }),
});

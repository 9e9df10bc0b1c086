import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const config = fileURLToPath(new URL('../../e2e/xvfb-session.conf', import.meta.url));

/** A session bus of its own, on which nothing starts by itself. Resolves with its address and the way to end it. */
export const startBus = (): Promise<{ readonly address: string; readonly stop: () => Promise<void> }> =>
  new Promise((resolve, reject) => {
    const daemon = spawn('dbus-daemon', [`--config-file=${config}`, '--nofork', '--nopidfile', '--print-address=1'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = new Promise<void>((done) => daemon.once('exit', () => done()));
    daemon.once('error', reject);
    void ended.then(() => reject(new Error('dbus-daemon ended before it said where it is')));
    daemon.stdout.once('data', (bytes: Buffer) =>
      resolve({
        address: bytes.toString().trim(),
        stop: async () => {
          daemon.kill('SIGKILL');
          await ended;
        },
      }),
    );
  });

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, stop } from './run.mjs';

const START_MS = 20_000;
const FAMILY_WILD = 0xffff;

const field = (bytes) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);

/** An Xauthority file with one cookie that is good for every display: written here so that `xauth` is not needed. */
const authority = () =>
  Buffer.concat([
    Buffer.from([FAMILY_WILD >> 8, FAMILY_WILD & 0xff]),
    field(Buffer.alloc(0)),
    field(Buffer.alloc(0)),
    field(Buffer.from('MIT-MAGIC-COOKIE-1')),
    field(randomBytes(16)),
  ]);

/**
 * Starts a server that tells on file descriptor 3, in one line, where it can be reached: { address, stop }. A group of its own, so that a
 * Ctrl-C meant for the tests does not take it away before they have ended; what it prints is shown only when it does not start.
 */
const startServer = (command, args) =>
  new Promise((resolve, reject) => {
    const server = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'], detached: true });
    let words = '';
    let line = '';
    const late = setTimeout(() => {
      server.kill('SIGKILL');
    }, START_MS);
    const failed = (why) => {
      clearTimeout(late);
      reject(stop(`${words.trim()}\n${command} could not be started: ${why}`));
    };
    server.on('error', (error) => failed(error.message));
    server.on('exit', (code, signal) => failed(`it ended with ${signal ?? code}`));
    server.stderr.setEncoding('utf8').on('data', (text) => {
      words += text;
    });
    server.stdio[3].setEncoding('utf8').on('data', (text) => {
      line += text;
      if (!line.endsWith('\n')) return;
      clearTimeout(late);
      resolve({ address: line.trim(), stop: () => server.kill('SIGTERM') });
    });
  });

/**
 * A desktop for the tests, on Linux: a virtual display on a number that X itself finds free, and a private bus, because a default one starts
 * whatever notification daemon is installed. Resolves with { env, stop }. The display wants a cookie: the tests' windows run as root at times,
 * and other users of the machine must not be able to click in them.
 */
export const startDesktop = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'claude-manager-desktop-'));
  const cookie = join(folder, 'Xauthority');
  writeFileSync(cookie, authority(), { mode: 0o600 });
  const started = [];
  const end = () => {
    for (const server of started) server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const start = async (command, args) => {
    const server = await startServer(command, args);
    started.push(server);
    return server.address;
  };
  try {
    const display = await start('Xvfb', [
      '-displayfd',
      '3',
      '-screen',
      '0',
      '1400x1000x24',
      '-nolisten',
      'tcp',
      '-noreset',
      '-auth',
      cookie,
    ]);
    const busConfig = join(root, 'tests', 'e2e', 'xvfb-session.conf');
    const bus = await start('dbus-daemon', [`--config-file=${busConfig}`, '--nofork', '--nopidfile', '--print-address=3']);
    return { env: { DISPLAY: `:${display}`, XAUTHORITY: cookie, DBUS_SESSION_BUS_ADDRESS: bus }, stop: end };
  } catch (error) {
    end();
    throw error;
  }
};

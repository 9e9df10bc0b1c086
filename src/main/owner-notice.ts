import { execFile } from 'node:child_process';
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { cleanText } from '../shared/redact.js';
import { errorCode } from './paths.js';
import { isRootsFile } from './root-owned.js';

/** What a user of this machine is told; plain text, names of processes among it: hostile. */
export interface OwnerMessage {
  readonly title: string;
  readonly body: string;
}

/** Tells another user of this machine something. Only root can, and nothing of that user's is opened, followed or run as root. */
export interface OwnerNotice {
  /** Whether anything took it: a notification daemon on the user's own bus, or a terminal of the user's. A later one replaces it. Never rejects. */
  readonly tell: (uid: number, message: OwnerMessage) => Promise<boolean>;
}

export interface OwnerNoticeParts {
  readonly appName: string;
  /** Where the system keeps the users' run folders, their buses in them. */
  readonly runDir?: string;
  /** The kernel's pseudo terminals: nobody can make a file or a link there. */
  readonly ttyDir?: string;
  readonly busctlPath?: string;
  readonly onProblem: (problem: unknown) => void;
}

const SERVICE = 'org.freedesktop.Notifications';
const PATH = '/org/freedesktop/Notifications';
const CALL_MS = 5_000;
const MOST_OUTPUT = 4_096;
const MOST_TTYS = 64;
const LONGEST_TITLE = 160;
const LONGEST_BODY = 400;
/** Never through a link, never as our own terminal, and one that is held (Ctrl+S) must not hold us. */
const TTY_FLAGS = constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NOCTTY | constants.O_NONBLOCK;

/** Nobody knows here whether the daemon renders markup: nothing that could be any is left in. */
const plain = (text: string, longest: number): string => cleanText(text, longest).replace(/[<>&]/g, ' ');

/** Writes a line to every terminal of a user's; whether one took it whole. */
const writeToTerminals = (folder: string, uid: number, line: Buffer): boolean => {
  let took = false;
  const mine = readdirSync(folder).filter(
    (name) => /^\d+$/.test(name) && lstatSync(join(folder, name), { throwIfNoEntry: false })?.uid === uid,
  );
  for (const name of mine.slice(0, MOST_TTYS)) {
    try {
      const descriptor = openSync(join(folder, name), TTY_FLAGS);
      try {
        const stats = fstatSync(descriptor);
        if (stats.isCharacterDevice() && stats.uid === uid) took = writeSync(descriptor, line) === line.length || took;
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      // Closed meanwhile, or held by its user.
      errorCode(error);
    }
  }
  return took;
};

/**
 * By a notification on the user's own bus, else by a line on the user's terminals. A session's bus talks to its user alone, so busctl
 * calls it as that user, without a right of ours: whatever lies at the bus' address meets a process of its own owner's.
 */
export const createOwnerNotice = (parts: OwnerNoticeParts): OwnerNotice => {
  const { appName, runDir = '/run/user', ttyDir = '/dev/pts', busctlPath = '/usr/bin/busctl', onProblem } = parts;
  /** The daemons' numbers of what was shown last, to be replaced. */
  const numbers = new Map<number, number>();

  /** The group to become with the user: that of the run folder, which the system made. */
  const groupOf = (uid: number): number | null => {
    const stats = lstatSync(join(runDir, String(uid)), { throwIfNoEntry: false });
    return stats?.isDirectory() && stats.uid === uid && stats.gid > 0 ? stats.gid : null;
  };

  const notify = (uid: number, gid: number, { title, body }: OwnerMessage): Promise<number | null> =>
    new Promise((resolve) => {
      const address = `unix:path=${join(runDir, String(uid), 'bus')}`;
      const texts = [plain(title, LONGEST_TITLE), plain(body, LONGEST_BODY)];
      const call = [SERVICE, PATH, SERVICE, 'Notify', 'susssasa{sv}i', appName, String(numbers.get(uid) ?? 0), 'claude-manager', ...texts];
      // No buttons; one hint, that it is urgent; it stays.
      const args = [`--address=${address}`, '--', 'call', ...call, '0', '1', 'urgency', 'y', '2', '0'];
      const options = { uid, gid, cwd: '/', env: { PATH: '/usr/bin:/bin' }, timeout: CALL_MS, maxBuffer: MOST_OUTPUT } as const;
      execFile(busctlPath, args, { ...options, killSignal: 'SIGKILL' }, (error, stdout) => {
        const number = error === null ? /^u (\d{1,10})\s*$/.exec(stdout)?.[1] : undefined;
        resolve(number === undefined ? null : Number(number));
      }).stdin?.end();
    });

  return {
    tell: async (uid, message) => {
      // To become root is to become nobody less than we are; and what is no uid is no user.
      if (!Number.isSafeInteger(uid) || uid <= 0) return false;
      try {
        const gid = groupOf(uid);
        const number = gid === null || !isRootsFile(busctlPath) ? null : await notify(uid, gid, message);
        if (number !== null) numbers.set(uid, number);
        const text = `${appName}: ${cleanText(message.title, LONGEST_TITLE)}. ${cleanText(message.body, LONGEST_BODY)}`;
        return number !== null || writeToTerminals(ttyDir, uid, Buffer.from(`\r\n\u0007${text}\r\n`, 'utf8'));
      } catch (error) {
        onProblem(error);
        return false;
      }
    },
  };
};

/** Where no other user can be told anything. */
export const noOwnerNotice: OwnerNotice = { tell: async () => false };

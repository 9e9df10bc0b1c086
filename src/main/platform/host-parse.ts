/** Parsers of what Linux says about itself: /proc beside the processes, and two files in /etc. What does not fit is null or left out. */

/** Wall clock of the boot in ms, from /proc/stat. The kernel gives whole seconds. */
export const parseBootTimeMs = (text: string): number | null => {
  const seconds = /^btime (\d{1,12})$/m.exec(text)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
};

/** Ticks that all processors together have been at work since boot, from /proc/stat; waiting for disks and stolen time are no work. */
export const parseBusyTicks = (text: string): number | null => {
  const match = /^cpu +(\d{1,18}) (\d{1,18}) (\d{1,18}) \d{1,18} \d{1,18} (\d{1,18}) (\d{1,18})/m.exec(text);
  return match === null ? null : match.slice(1).reduce((sum, ticks) => sum + Number(ticks), 0);
};

/** Processes and threads that were started since boot, in every pid namespace together, from /proc/stat. */
export const parseForks = (text: string): number | null => {
  const forks = /^processes (\d{1,15})$/m.exec(text)?.[1];
  return forks === undefined ? null : Number(forks);
};

/** The newest pid handed out in the reader's own pid namespace: the last field of /proc/loadavg. 0, which no pid is, = nobody keeps count. */
export const parseNewestPid = (text: string): number | null => {
  const pid = /^\S+ \S+ \S+ \d+\/\d+ (\d{1,7})\s*$/.exec(text)?.[1];
  return pid === undefined || Number(pid) === 0 ? null : Number(pid);
};

/** The load of the last minute from /proc/loadavg: how many ran or waited for a processor or a disk, on average. */
export const parseLoad1 = (text: string): number | null => {
  const load = /^(\d{1,9}\.\d{1,4}) /.exec(text)?.[1];
  return load === undefined ? null : Number(load);
};

/** Total and available memory in bytes from /proc/meminfo; null where either is missing (kernels before 3.14). */
export const parseMemory = (text: string): { readonly total: number; readonly available: number } | null => {
  const total = /^MemTotal: +(\d{1,15}) kB$/m.exec(text)?.[1];
  const available = /^MemAvailable: +(\d{1,15}) kB$/m.exec(text)?.[1];
  return total === undefined || available === undefined ? null : { total: Number(total) * 1024, available: Number(available) * 1024 };
};

export interface KernelUnits {
  readonly ticksPerSecond: number;
  readonly pageBytes: number;
}
/** What practically every Linux has. */
const USUAL_UNITS: KernelUnits = { ticksPerSecond: 100, pageBytes: 4096 };
const AT_PAGESZ = 6;
const AT_CLKTCK = 17;

/** The units of ticks and pages from /proc/self/auxv (64 bit, little-endian: all that Electron runs on), where getconf has them from too. */
export const parseAuxv = (bytes: Buffer): KernelUnits => {
  let { ticksPerSecond, pageBytes } = USUAL_UNITS;
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    const key = bytes.readBigUInt64LE(at);
    const value = Number(bytes.readBigUInt64LE(at + 8));
    if (key === BigInt(AT_PAGESZ) && value >= 4096 && value <= 1_048_576) pageBytes = value;
    if (key === BigInt(AT_CLKTCK) && value >= 1 && value <= 100_000) ticksPerSecond = value;
  }
  return { ticksPerSecond, pageBytes };
};

/** How /proc hides other users' processes; `gid` names the group that sees them all the same. */
export interface HidePid {
  readonly mode: string;
  readonly gid: number | null;
}

/** The hidepid option of the proc file system on `mountPoint` in /proc/self/mounts (the last one mounted there counts); null = hides nothing. */
export const parseHidePid = (mounts: string, mountPoint: string): HidePid | null => {
  let hidden: HidePid | null = null;
  for (const line of mounts.split('\n')) {
    const [, where, type, options = ''] = line.split(' ');
    if (where !== mountPoint || type !== 'proc') continue;
    const mode = /(?:^|,)hidepid=([^,]*)/.exec(options)?.[1];
    const gid = /(?:^|,)gid=(\d{1,10})(?:,|$)/.exec(options)?.[1];
    hidden = mode === undefined || mode === '0' || mode === 'off' ? null : { mode, gid: gid === undefined ? null : Number(gid) };
  }
  return hidden;
};

/** Whether something is mounted on exactly this path in /proc/self/mounts: what is read there is somebody else's then (lxcfs, a container's mask). */
export const isMountPoint = (mounts: string, path: string): boolean => mounts.split('\n').some((line) => line.split(' ', 2)[1] === path);

export interface Account {
  readonly name: string;
  readonly home: string | null;
}

/** /etc/passwd, or getent's lines of the same form; of two entries with one uid the first counts, as in getpwuid. */
export const parsePasswd = (text: string): ReadonlyMap<number, Account> => {
  const accounts = new Map<number, Account>();
  for (const line of text.split('\n')) {
    const [name, , uid, , , home] = line.split(':');
    if (!name || name.startsWith('#') || uid === undefined || !/^\d{1,10}$/.test(uid)) continue;
    if (!accounts.has(Number(uid))) accounts.set(Number(uid), { name, home: home?.startsWith('/') ? home : null });
  }
  return accounts;
};

/** The system's name for people from /etc/os-release, e.g. "Debian GNU/Linux 12 (bookworm)". */
export const parseOsName = (text: string): string | null => {
  const value = /^PRETTY_NAME=(.*)$/m.exec(text)?.[1]?.trim();
  const bare = value?.replace(/^(["'])(.*)\1$/, '$2').replace(/\\(["'$`\\])/g, '$1');
  return bare ? bare : null;
};

/** Inodes of the sockets that listen, from /proc/net/tcp or tcp6 (state 0A). */
export const parseListeningTcp = (text: string): ReadonlySet<string> => {
  const inodes = new Set<string>();
  for (const match of text.matchAll(/^ *\d+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4} 0A \S+ \S+ \S+ +\d+ +\d+ (\d+)/gm))
    if (match[1]) inodes.add(match[1]);
  return inodes;
};

/**
 * Inodes of the sockets that listen, from /proc/net/unix (flag __SO_ACCEPTCON). A socket's name may hold a line break and so
 * forge a line: that can only make a process seem to listen, which holds a left-over verdict back.
 */
export const parseListeningUnix = (text: string): ReadonlySet<string> => {
  const inodes = new Set<string>();
  for (const match of text.matchAll(/^[0-9a-fA-F]+: [0-9A-F]+ [0-9A-F]+ ([0-9A-F]{8}) [0-9A-F]+ [0-9A-F]+ +(\d+)/gm))
    if (match[1] !== undefined && match[2] !== undefined && (Number.parseInt(match[1], 16) & 0x10000) !== 0) inodes.add(match[2]);
  return inodes;
};

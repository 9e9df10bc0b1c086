import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAccounts } from './accounts.js';
import type { KernelUnits } from './host-parse.js';
import { parseAuxv } from './host-parse.js';
import type { Platform, PlatformNote } from './index.js';
import { createHostReader } from './linux-host.js';
import { identifyProcess, reniceProcess, signalProcess } from './linux-identity.js';
import { inspectProcesses, readMemoryDetails } from './linux-inspect.js';
import { createProcessTable } from './linux-table.js';
import type { SendSignal, SetNice } from './posix.js';
import { isPid, sendSignal, setNice } from './posix.js';
import type { ProcFiles } from './proc-files.js';
import { createProcFiles } from './proc-files.js';

/** Where the Linux reader looks and whom it takes itself for; the defaults are the running system and this process. */
export interface LinuxOptions {
  readonly procRoot?: string;
  readonly etcRoot?: string;
  /** Sends the signal once identity is checked. */
  readonly signal?: SendSignal;
  readonly setNice?: SetNice;
  /** The command that knows users of directory services; null = ask nobody. */
  readonly getent?: string | null;
  readonly selfPid?: number;
  readonly selfUid?: number;
  readonly selfGids?: readonly number[];
}

/** One reading of /proc/stat serves all that one look wants of it: on a large machine the kernel counts a millisecond for it. */
const SAME_LOOK_MS = 20;
const createStatReader = (files: ProcFiles, procRoot: string, clock: () => number): (() => string) => {
  const read = files.holdText(`${procRoot}/stat`);
  let last: { readonly text: string; readonly atMs: number } | null = null;
  return () => {
    const atMs = clock();
    if (last !== null && atMs - last.atMs < SAME_LOOK_MS) return last.text;
    last = { text: read() ?? '', atMs };
    return last.text;
  };
};

/** The platform over a /proc file system. */
export const createLinuxPlatform = (options: LinuxOptions = {}): Platform => {
  const { procRoot = '/proc', etcRoot = '/etc', signal = sendSignal, getent, selfPid = process.pid } = options;
  const selfUid = options.selfUid ?? process.getuid?.() ?? -1;
  const selfGids = options.selfGids ?? process.getgroups?.() ?? [];
  const files = createProcFiles();
  const accounts = createAccounts(etcRoot, getent);

  let machine: string | null = null;
  const machineId = (): string | null => {
    try {
      machine ??= readFileSync(join(etcRoot, 'machine-id'), 'latin1').trim() || null;
    } catch {
      // Minimal containers have none; the pid domain is unknown then.
    }
    return machine;
  };
  let known: KernelUnits | null = null;
  const units = (): KernelUnits => {
    if (known === null) {
      const length = files.read(`${procRoot}/self/auxv`);
      known = parseAuxv(files.bytes.subarray(0, typeof length === 'number' ? length : 0));
    }
    return known;
  };

  const clock = () => performance.now();
  const stat = createStatReader(files, procRoot, clock);

  const table = createProcessTable({ procRoot, files, accounts, selfPid, selfUid, selfGids, machineId, units, clock, stat });
  const ticksPerSecond = (): number => units().ticksPerSecond;
  const hostTotals = createHostReader({ procRoot, etcRoot, ticksPerSecond, files, stat });

  const notes = async (): Promise<readonly PlatformNote[]> => {
    const who: PlatformNote =
      selfUid === 0
        ? { id: 'asRoot', ok: true }
        : { id: 'asUser', ok: true, values: { user: accounts.userOf(selfUid) ?? String(selfUid) } };
    try {
      const { complete, pidDomain } = await table.read('all');
      const { processes, denied } = table.counts();
      const slowness = table.slowness();
      return [
        { id: 'procReadable', ok: true, values: { count: processes } },
        who,
        complete ? { id: 'tableComplete', ok: true } : { id: 'tableIncomplete', ok: false, values: { path: procRoot } },
        denied === 0 ? { id: 'allReadable', ok: true } : { id: 'someUnreadable', ok: false, values: { count: denied } },
        slowness === null ? { id: 'looksAreShort', ok: true } : { id: `looksAreLong.${slowness}`, ok: false, values: { path: procRoot } },
        pidDomain === null
          ? { id: 'pidDomainUnknown', ok: false, values: { path: join(etcRoot, 'machine-id') } }
          : { id: 'pidDomainKnown', ok: true },
      ];
    } catch (error) {
      return [
        { id: 'procUnreadable', ok: false, values: { path: procRoot, reason: error instanceof Error ? error.message : String(error) } },
        who,
      ];
    }
  };

  return {
    read: table.read,
    focus: table.focus,
    inspect: (keys) => inspectProcesses({ files, procRoot }, keys),
    identify: (pid) => identifyProcess(files, procRoot, pid),
    exePath: (pid) => {
      const link = isPid(pid) ? files.link(`${procRoot}/${pid}/exe`) : 'gone';
      return typeof link === 'string' ? null : link.target;
    },
    signal: (target, intent) => signalProcess({ files, procRoot, selfPid, send: signal }, target, intent),
    setPriority: (target, nice) => reniceProcess({ files, procRoot, selfPid, setNice: options.setNice ?? setNice }, target, nice),
    memoryDetails: (key) => readMemoryDetails(files, procRoot, key, units().pageBytes),
    homeOf: accounts.homeOf,
    userOf: accounts.userOf,
    hostTotals: async () => hostTotals(),
    notes,
  };
};

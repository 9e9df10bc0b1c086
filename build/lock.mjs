import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say, stop } from './run.mjs';

const WAIT_MS = 20 * 60_000;

/** The start stamp (field 22 of stat) tells a reused pid from the holder; elsewhere than on Linux there is none. */
const startStamp = (pid) => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
};

const isAlive = (holder) => {
  const [pid, stamp] = holder.split(' ');
  if (!/^\d+$/.test(pid ?? '')) return false;
  if (process.platform === 'linux') return startStamp(pid) === stamp;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

const tryTake = (path, own) => {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, own);
  try {
    // A link is made whole or not at all: nobody ever reads a lock without its holder.
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
};

/** Takes away the lock of a process that is no more; puts it back if in between it became somebody else's. */
const removeStale = (path, holder) => {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
    if (read(aside) !== holder) linkSync(aside, path);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes(error.code)) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
};

/** Runs `work` while no other process holds this lock; waits for one that does, and says so. Two set-ups at once do everything once. */
export const withLock = async (path, work) => {
  const own = `${process.pid} ${startStamp(process.pid)}`;
  mkdirSync(dirname(path), { recursive: true });
  const giveUpAt = Date.now() + WAIT_MS;
  let told = false;
  while (!tryTake(path, own)) {
    const holder = read(path);
    if (holder === null) continue;
    if (!isAlive(holder)) {
      removeStale(path, holder);
      continue;
    }
    if (!told) say(`Another set-up (process ${holder.split(' ')[0]}) is at work; waiting for it.`);
    told = true;
    if (Date.now() > giveUpAt) throw stop(`The other set-up has not finished. If it hangs, end it, or remove ${path}.`);
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    if (read(path) === own) rmSync(path, { force: true });
  }
};

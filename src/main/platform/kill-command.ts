import type { Os, ProcessKey } from '../../shared/types.js';

/** What an end may be done with where only a command line reaches: text for a shell, so nothing but checked numbers enters it. */
export type EndIntent = 'ask' | 'force';

/** Windows hands out the largest pids: 32 bits. */
const MOST_PID = 4_294_967_295;

const checked = (pids: readonly number[]): readonly number[] => {
  for (const pid of pids) if (!Number.isInteger(pid) || pid <= 1 || pid > MOST_PID) throw new Error(`no process to end: ${pid}`);
  if (pids.length === 0) throw new Error('no process to end');
  return pids;
};

/** How long who was asked has to end before he is killed, as everywhere. */
const GRACE_SECONDS = 5;

/** On macOS: asked first, and killed only who after the grace still has the pid and the start time that he had before. */
const askedThenKilled = (numbers: readonly number[]): string => {
  const look = `/bin/ps -o pid=,lstart= -p ${numbers.join(',')}`;
  const kill = `${look} | while read -r one; do case "$before" in *"$one"*) /bin/kill -KILL "\${one%% *}";; esac; done`;
  return `before=$(${look}); /bin/kill -TERM ${numbers.join(' ')}; /bin/sleep ${GRACE_SECONDS}; ${kill}`;
};

/**
 * The system's own command to end these processes, by pid: for where nothing of ours can look first. Windows can only ask windows, so a
 * force is one kill there. Throws on anything that is not the pid of one process other than the first.
 */
export const killCommand = (os: Exclude<Os, 'linux'>, pids: readonly number[], intent: EndIntent): string => {
  const numbers = checked(pids);
  if (os === 'win32') return ['taskkill', ...(intent === 'force' ? ['/F'] : []), ...numbers.map((pid) => `/PID ${pid}`)].join(' ');
  return intent === 'force' ? askedThenKilled(numbers) : `/bin/kill -TERM ${numbers.join(' ')}`;
};

const STAMP = /^(0|[1-9][0-9]{0,19})$/;
/** The start stamp is the 20th word after the name, which itself may hold anything. */
const STAMP_OF_P = '$(cat /proc/$p/stat 2>/dev/null | tr "\\n" " " | sed "s/.*) //" | cut -d " " -f 20)';

/**
 * A Linux command line for an administrator to run by hand: signals a pid only while it has the start stamp that it had here, and kills only
 * after having asked. Throws on anything that is not a pid and a stamp.
 */
export const handCommand = (targets: readonly ProcessKey[], intent: EndIntent): string => {
  const pids = checked(targets.map(({ pid }) => pid));
  if (!targets.every(({ startedAt }) => STAMP.test(startedAt))) throw new Error('no start stamp');
  const list = targets.map(({ startedAt }, at) => `${pids[at]}:${startedAt}`).join(' ');
  const each = `for t in ${list}; do p=\${t%:*}; [ "${STAMP_OF_P}" = "\${t#*:}" ] && kill -$1 $p; done`;
  return `sudo sh -c 'e() { ${each}; }; e TERM${intent === 'force' ? `; sleep ${GRACE_SECONDS}; e KILL` : ''}'`;
};

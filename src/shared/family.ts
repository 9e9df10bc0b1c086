import type { ParentFacts, ProcessFacts } from './process-facts.js';
import type { Kind } from './types.js';
import { ENGINE_KINDS } from './types.js';

const ENGINES: ReadonlySet<Kind> = new Set(ENGINE_KINDS);

/** Whether a kind runs the engine. */
export const hasEngineKind = (kind: Kind | null): boolean => kind !== null && ENGINES.has(kind);

/** The parent, if it lives and is the one that started the process; a pid that was reused since is nobody's parent. */
export const trueParent = (facts: ProcessFacts): ParentFacts | null =>
  facts.parent?.alive === true && facts.parent.startedBefore !== false ? facts.parent : null;

/** WSL without systemd: its own init processes adopt what lost its parent; Relay and SessionLeader also start what the user starts. */
const WSL_INIT = /^init(?:-systemd)?\(/;
const WSL_LEADER = /^(?:SessionLeader|Relay\(\d+\))$/;

/** Whether descriptor 0 was a terminal that is gone. */
export const isTerminalGone = (fd0: string | null | undefined): boolean =>
  fd0 != null && (/^\/dev\/(?:pts\/|tty)[\w/]* \(deleted\)$/.test(fd0) || fd0.endsWith('(revoked)'));

/** Whether the process lost the parent that started it: adopted by init or the user's service manager, on Windows its parent is gone. */
export const isReparented = (facts: ProcessFacts): boolean => {
  const { parent, platform } = facts;
  if (platform === 'win32') return parent?.alive === false;
  // What a container's init started itself has never had another parent.
  if (parent?.role === 'container-init') return false;
  if (facts.ppid === 1 || parent?.pid === 1) return true;
  if (parent === null) return false;
  const { role, comm } = parent;
  if (role !== null && /^(?:systemd --user|init|launchd|wsl[ -]?init)$/i.test(role)) return true;
  if (platform !== 'linux' || comm === null) return false;
  return WSL_INIT.test(comm) || (WSL_LEADER.test(comm) && isTerminalGone(facts.hints.fd0));
};

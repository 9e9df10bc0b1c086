import type { Marks } from './types.js';

/** Any of these says that a session started the process, or one that started it: marks are inherited. */
const OWNERSHIP = ['CLAUDECODE', 'CLAUDE_PID', 'CLAUDE_CODE_SESSION_ID', 'CLAUDE_CODE_CHILD_SESSION'] as const;

const has = (marks: Marks, name: keyof Marks): boolean => (marks[name] ?? '') !== '';

/** Whether an environment carries the marks that an engine gives to what it starts. */
export const isMarked = (marks: Marks | null): boolean => marks !== null && OWNERSHIP.some((name) => has(marks, name));

/** Which child the marks make of a process (claude-processes.md 1.6); null where there are none. */
export const markedAs = (marks: Marks | null): 'mcp-server' | 'hook' | 'tool-child' | null => {
  if (marks === null || !isMarked(marks)) return null;
  const inherited = has(marks, 'CLAUDE_CODE_CHILD_SESSION') || has(marks, 'CLAUDE_CODE_EXECPATH');
  if (has(marks, 'CLAUDE_CODE_SESSION_ID') && !has(marks, 'CLAUDE_PID') && !inherited) return 'mcp-server';
  return has(marks, 'CLAUDE_PROJECT_DIR') && !has(marks, 'CLAUDE_CODE_EXECPATH') ? 'hook' : 'tool-child';
};

const pidOf = (text: string | undefined): number | null => {
  if (text === undefined || !/^[1-9]\d{0,9}$/.test(text)) return null;
  const pid = Number(text);
  return pid > 1 && pid <= 0x7fff_ffff ? pid : null;
};

/** The pid that the marks name as owner: CLAUDE_PID, else the stem of the messaging socket; null = they name nobody. Hostile text. */
export const markedOwnerPid = (marks: Marks | null): number | null => {
  if (marks === null) return null;
  const own = pidOf(marks.CLAUDE_PID);
  if (own !== null) return own;
  return pidOf(/(?:^|[\\/])(\d+)(?:\.sock)?$/.exec(marks.CLAUDE_CODE_MESSAGING_SOCKET ?? '')?.[1]);
};

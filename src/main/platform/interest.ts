import type { StaticFacts } from '../../shared/types.js';

const NAMES = /claude|anthropic|mcp/i;
/** Scripts and sub-commands stand in front; the rest is mostly text. */
const ARGUMENTS = 16;
const ARGUMENT_CHARS = 4096;

/**
 * Whether a process might be one of Claude's: a cheap superset of what classification can claim, which decides only
 * whose memory and directory are read at each look. Judges nothing.
 */
export const isOfInterest = ({ comm, exe, argv, marks }: StaticFacts): boolean => {
  if (comm !== null && NAMES.test(comm)) return true;
  if (exe !== null && NAMES.test(exe)) return true;
  if (marks !== null && Object.keys(marks).some((name) => name.startsWith('CLAUDE'))) return true;
  return (argv ?? []).slice(0, ARGUMENTS).some((argument) => argument === '--model' || NAMES.test(argument.slice(0, ARGUMENT_CHARS)));
};

import { describe, expect, it } from 'vitest';
import { isMarked, markedAs, markedOwnerPid } from '../../../src/shared/marks.js';
import { ENGINE, mcpMarks, toolMarks } from '../../fixtures/builders.js';

describe('marks', () => {
  it('tell an MCP server, a hook and a tool call apart', () => {
    const { CLAUDE_CODE_EXECPATH: _, ...hook } = { ...toolMarks(7), CLAUDE_PROJECT_DIR: '/x' };
    expect(markedAs(mcpMarks(7))).toBe('mcp-server');
    expect(markedAs(toolMarks(7))).toBe('tool-child');
    expect(markedAs(hook)).toBe('hook');
    expect(markedAs({ CLAUDECODE: '1' })).toBe('tool-child');
    expect(markedAs({ CLAUDE_CODE_SESSION_ID: 'x', CLAUDE_PID: '7' })).toBe('tool-child');
    // Versions between 2.1.132 and the first that wrote CLAUDE_PID.
    expect(markedAs({ CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: 'x', CLAUDE_CODE_EXECPATH: ENGINE })).toBe('tool-child');
  });

  it('are not every variable that is read', () => {
    for (const marks of [
      null,
      {},
      { TMUX: 'x', INVOCATION_ID: 'x' },
      { CLAUDE_CONFIG_DIR: '/x', CLAUDE_CODE_ENTRYPOINT: 'cli' },
      { CLAUDECODE: '' },
    ]) {
      expect(isMarked(marks)).toBe(false);
      expect(markedAs(marks)).toBeNull();
    }
  });

  it.each([
    [toolMarks(16914), 16914],
    [mcpMarks(9938), 9938],
    [{ CLAUDE_PID: 'x', CLAUDE_CODE_MESSAGING_SOCKET: '/tmp/cc-socks-1000/77.sock' }, 77],
    [{ CLAUDE_CODE_MESSAGING_SOCKET: '\\\\.\\pipe\\cc-socks\\77' }, 77],
    [{ CLAUDE_CODE_MESSAGING_SOCKET: '/tmp/a77.sock' }, null],
    [{ CLAUDE_PID: '1' }, null],
    [{ CLAUDE_PID: '0x10' }, null],
    [{ CLAUDE_PID: '-5' }, null],
    [{ CLAUDE_PID: ' 5' }, null],
    [{ CLAUDE_PID: '9999999999' }, null],
    [{ CLAUDE_CODE_SESSION_ID: 'x' }, null],
    [null, null],
  ])('%j name %j', (marks, pid) => {
    expect(markedOwnerPid(marks)).toBe(pid);
  });
});

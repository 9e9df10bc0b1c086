import { expect, it } from 'vitest';
import { isTerminalHolder } from '../../../src/shared/multiplexer.js';

it.each([
  ['tmux: server', true],
  ['tmux: client', true],
  ['tmux', true],
  ['SCREEN', true],
  ['screen', true],
  ['zellij', true],
  ['mosh-server', true],
  ['screenshot', false],
  ['bash', false],
  [null, false],
])('%j holds terminals: %j', (comm, holds) => {
  expect(isTerminalHolder(comm)).toBe(holds);
});

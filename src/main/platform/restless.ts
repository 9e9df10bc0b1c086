import type { StatFields } from './proc-parse.js';

/** Programs that run others in their own place (`exec claude`). */
const SHELLS = /^-?(?:(?:ba|z|da|a|k|mk|tc|c|fi|rba|ya)?sh|busybox|nu|elvish|xonsh|pwsh|tmux: client|login|su|sudo|env)$/;

/** Whether a process may become another program without a fork at any age: a shell when told to, and what has a terminal when it has asked a person. */
export const isRestless = ({ comm, ttyNr }: Pick<StatFields, 'comm' | 'ttyNr'>): boolean => SHELLS.test(comm) || (ttyNr ?? 0) !== 0;

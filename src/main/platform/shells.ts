/** Programs that run others in their own place (`exec claude`), at any age. */
const SHELLS = /^-?(?:(?:ba|z|da|a|k|mk|tc|c|fi|rba|ya)?sh|busybox|nu|elvish|xonsh|pwsh|tmux: client|login|su|sudo|env)$/;

/** Whether a process name is a shell's, or that of a program which starts one in its own place. */
export const isShell = (comm: string | null): boolean => comm !== null && SHELLS.test(comm);

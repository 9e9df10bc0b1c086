/** Programs that hold other programs' terminals: what runs below them may have somebody in front of it. */
const HOLDERS =
  /^(?:tmux(?:: \w+)?|screen|zellij|dtach|abduco|tmate|byobu|shpool|mosh-server|ttyd|gotty|wezterm-mux-.*|screen-\d.*|script)$/i;

/** Whether a process name is a terminal multiplexer's. */
export const isTerminalHolder = (comm: string | null): boolean => comm !== null && HOLDERS.test(comm);

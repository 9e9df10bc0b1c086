// Loaded into the application before anything of its own: its wall clock is CLOCK_AHEAD_MS ahead, so that what was just started is old
// enough, and its monotonic clock runs CLOCK_SPEED times as fast, so that minutes of looks pass in seconds.
const aheadMs = Number(process.env.CLOCK_AHEAD_MS ?? 0);
const speed = Number(process.env.CLOCK_SPEED ?? 1);
const wallMs = Date.now.bind(Date);
const monotonicMs = performance.now.bind(performance);
const beganMs = monotonicMs();
Date.now = () => wallMs() + aheadMs;
performance.now = () => beganMs + (monotonicMs() - beganMs) * speed;

/** What a Chromium trace says of one thread: how much CPU time its tasks took, and of what kind. */

interface TraceEvent {
  readonly name: string;
  readonly cat?: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Monotonic, µs. */
  readonly ts: number;
  /** Wall and CPU time, µs; complete events only. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string; readonly beginData?: { readonly partialLayout?: boolean } };
}

/** One piece of work of a thread, times in ms. */
export interface Task {
  readonly atMs: number;
  readonly cpuMs: number;
}

export interface ThreadTrace {
  /** Top-level tasks; nothing of the thread's work is outside of them. */
  readonly tasks: readonly Task[];
  /** By the event's name: script, style, layout, paint. Nested events are counted in each of the names. */
  readonly parts: readonly (Task & { readonly name: string })[];
  /** When the page called `performance.mark`, ms; only with the category blink.user_timing. */
  readonly marks: readonly number[];
  /** Layouts that began at the root of the page, with everything in it. */
  readonly wholeLayouts: readonly Task[];
}

/** The name of a mark that is looked for. */
export const MARK = 'bench-step';

const isTraceEvent = (value: unknown): value is TraceEvent =>
  typeof value === 'object' && value !== null && 'name' in value && 'ph' in value && 'ts' in value;

const PARTS = [
  'FunctionCall',
  'UpdateLayoutTree',
  'Layout',
  'PrePaint',
  'Paint',
  'Layerize',
  'Commit',
  'MinorGC',
  'MajorGC',
  'RunMicrotasks',
];

/** The main thread of the renderer with this pid; throws where the trace does not hold one, or holds no CPU times. */
export const rendererThread = (json: string, pid: number): ThreadTrace => {
  const parsed: unknown = JSON.parse(json);
  const list = typeof parsed === 'object' && parsed !== null && 'traceEvents' in parsed ? parsed.traceEvents : null;
  const events = Array.isArray(list) ? list.filter(isTraceEvent) : [];
  const main = events.find((event) => event.name === 'thread_name' && event.pid === pid && event.args?.name === 'CrRendererMain');
  if (!main) throw new Error(`the trace holds no main thread of the renderer ${pid}`);
  const own = events.filter((event) => event.pid === pid && event.tid === main.tid && event.ph === 'X');
  const taskOf = ({ ts, tdur }: TraceEvent): Task => {
    if (tdur === undefined) throw new Error('the trace holds no CPU times');
    return { atMs: ts / 1000, cpuMs: tdur / 1000 };
  };
  return {
    tasks: own.filter(({ name }) => name === 'ThreadControllerImpl::RunTask').map(taskOf),
    wholeLayouts: own.filter(({ name, args }) => name === 'Layout' && args?.beginData?.partialLayout === false).map(taskOf),
    parts: own.filter(({ name }) => PARTS.includes(name)).map((event) => ({ ...taskOf(event), name: event.name })),
    marks: events
      .filter(({ cat, pid: by, name }) => by === pid && cat === 'blink.user_timing' && name === MARK)
      .map(({ ts }) => ts / 1000)
      .sort((a, b) => a - b),
  };
};

/** CPU time of what began within [fromMs, toMs). */
export const cpuWithin = (tasks: readonly Task[], fromMs: number, toMs: number): number =>
  tasks.reduce((sum, { atMs, cpuMs }) => (atMs >= fromMs && atMs < toMs ? sum + cpuMs : sum), 0);

import { memo, useRef } from 'react';
import { create } from 'zustand';
import { formatNumber, type Language } from '../../shared/format.js';
import { momentLabel } from '../analytics/axis.js';
import { type Slots, slotClass } from '../analytics/colours.js';
import type { Mark, Stack, Values } from '../analytics/stack.js';

/** Which moment is pointed at, and in which chart: the charts of a page share the line, the one that is pointed at shows the values. */
interface Pointed {
  readonly chart: string;
  readonly atMs: number;
  /** By the keyboard: then the values are said, too. */
  readonly byKey: boolean;
}

const usePointed = create<{ readonly pointed: Pointed | null }>(() => ({ pointed: null }));

/** What stands around the plot, px: the place for the scales. */
export const PLOT = { left: 36, right: 4, top: 12, bottom: 20 } as const;

export interface Reading {
  readonly stack: Stack;
  readonly dashed: Values | null;
  readonly dashedName: string;
  readonly marks: readonly Mark[];
  readonly slots: Slots;
  readonly language: Language;
  readonly digits: number;
  readonly totalName: string;
  readonly nameOf: (band: { readonly id: string; readonly name: string | null }) => string;
  readonly markName: (mark: Mark) => string;
}

interface TipProps {
  readonly reading: Reading;
  readonly at: number;
  readonly time: number;
}

const Tip = ({ reading, at, time }: TipProps) => {
  const { stack, dashed, dashedName, marks, slots, language, digits, totalName, nameOf, markName } = reading;
  const near = marks.filter(({ atMs }) => Math.abs(atMs - time - stack.stepMs / 2) <= stack.stepMs * 2);
  const figure = (values: Values): string => formatNumber(values[at] ?? null, language, digits);
  return (
    <>
      <span className="full">{momentLabel(time, language, stack.stepMs)}</span>
      {[...stack.bands].reverse().map(({ id, name, values }) => (
        <span className="line" key={id}>
          <i className={slotClass(slots, id)} />
          <span className="clip">{nameOf({ id, name })}</span>
          <b>{figure(values)}</b>
        </span>
      ))}
      <span className="line">
        <i />
        <span>{totalName}</span>
        <b className="strong">{figure(stack.total)}</b>
      </span>
      {dashed !== null && (
        <span className="line">
          <i className="ln" />
          <span>{dashedName}</span>
          <b>{figure(dashed)}</b>
        </span>
      )}
      {near.map((mark) => (
        <span className="full" key={mark.atMs}>
          {markName(mark)}
        </span>
      ))}
    </>
  );
};

/** All that the tooltip shows, as one line. */
const spoken = ({ stack, dashed, dashedName, language, digits, totalName, nameOf }: Reading, at: number, time: number): string => {
  const value = (name: string, values: Values): string => `${name} ${formatNumber(values[at] ?? null, language, digits)}`;
  const bands = stack.bands.map((band) => value(nameOf(band), band.values));
  const parts = [value(totalName, stack.total), ...bands, ...(dashed === null ? [] : [value(dashedName, dashed)])];
  return `${momentLabel(time, language, stack.stepMs)}: ${parts.join(', ')}`;
};

const KEYS: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  PageUp: (at) => at - 10,
  PageDown: (at) => at + 10,
  Home: () => 0,
  End: (_, last) => last,
};

/** The bucket that holds a moment. */
const bucketAt = ({ times, stepMs }: Pick<Stack, 'times' | 'stepMs'>, atMs: number): number =>
  Math.max(0, Math.min(times.length - 1, Math.floor((atMs - (times[0] ?? 0)) / stepMs)));

interface CrosshairProps {
  readonly chart: string;
  readonly label: string;
  readonly reading: Reading;
}

/** Lies over a chart over time: pointer and arrow keys move along it, and say what is there. */
export const Crosshair = memo(({ chart, label, reading }: CrosshairProps) => {
  const { stack } = reading;
  const { fromMs, toMs } = stack;
  const place = useRef<HTMLDivElement>(null);
  const pointed = usePointed((state) => state.pointed);
  const last = stack.times.length - 1;
  const inside = pointed !== null && pointed.atMs >= fromMs && pointed.atMs <= toMs;
  const at = inside ? bucketAt(stack, pointed.atMs) : last;
  const time = stack.times[at] ?? fromMs;
  const middle = Math.min(toMs, Math.max(fromMs, time + stack.stepMs / 2));
  const part = (middle - fromMs) / (toMs - fromMs);
  const own = inside && pointed.chart === chart;
  const point = (index: number, byKey: boolean): void => {
    const bucket = stack.times[Math.max(0, Math.min(last, index))] ?? fromMs;
    usePointed.setState({ pointed: { chart, atMs: bucket + stack.stepMs / 2, byKey } });
  };
  const clear = (): void => usePointed.setState({ pointed: null });
  return (
    <div
      ref={place}
      className="over"
      // The value of a scale that arrows move along; its text is what is said.
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, last)}
      aria-valuenow={at}
      aria-valuetext={spoken(reading, at, time)}
      onKeyDown={(event) => {
        const move = event.ctrlKey || event.altKey || event.metaKey ? undefined : KEYS[event.key];
        if (!move) return;
        event.preventDefault();
        point(move(own ? at : last, last), true);
      }}
      onBlur={clear}
      onPointerMove={(event) => {
        const width = place.current?.clientWidth ?? 0;
        const x = event.nativeEvent.offsetX;
        if (event.target === place.current && width > 0) point(bucketAt(stack, fromMs + (x / width) * (toMs - fromMs)), false);
      }}
      onPointerLeave={clear}
    >
      {inside && <div className="cross" style={{ left: `${part * 100}%` }} />}
      {own && (
        <div className={part > 0.5 ? 'xtip before' : 'xtip'} style={{ left: `${part * 100}%` }}>
          <Tip reading={reading} at={at} time={time} />
        </div>
      )}
    </div>
  );
});

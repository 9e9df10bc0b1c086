import { describe, expect, it } from 'vitest';
import { aConfig, anIdle, GB, MINUTE_MS, play, times, tree, types } from '../../fakes/a-policy.js';

const big = anIdle(100, { name: 'billing-api', tree: tree(3 * GB) });
const fine = anIdle(100, { name: 'billing-api', tree: tree(GB) });

describe('alerts', () => {
  it('announce a crossing at the third look in a row, once, with the culprit, and say when it is over', () => {
    const evaluations = play([...times(5, [big]), [fine]]);
    expect(types(evaluations)).toEqual([[], [], ['fired memory'], [], [], ['recovered memory']]);
    expect(evaluations[2]?.alerts[0]).toEqual({
      type: 'fired',
      loudness: 'own',
      alert: {
        rule: 'memory',
        culprit: {
          key: big.key,
          user: 'dana',
          name: 'billing-api',
          value: 3 * GB,
          limit: 2 * GB,
          startedAtMs: big.startedAtMs,
        },
        others: 0,
      },
    });
  });

  it('are silent about what goes up and comes down again', () => {
    expect(types(play([[big], [big], [fine], [big], [big], [fine]])).flat()).toEqual([]);
  });

  it('hold until the value is a tenth below the limit', () => {
    const nearly = anIdle(100, { tree: tree(1.9 * GB) });
    const well = anIdle(100, { tree: tree(1.79 * GB) });
    expect(types(play([...times(3, [big]), [nearly], [nearly], [well]]))).toEqual([[], [], ['fired memory'], [], [], ['recovered memory']]);
  });

  it('wait 15 minutes between two announcements of a rule, and then tell what still holds', () => {
    const again = [...times(3, [big]), [fine], ...times(200, [big])];
    const told = types(play(again));
    expect(told.flat()).toEqual(['fired memory', 'recovered memory', 'fired memory']);
    // Told at the third look; 180 looks of 5 s are 15 minutes.
    expect(told.findIndex((events, index) => index > 3 && events.length > 0)).toBe(2 + 180);
  });

  it('name who joins a live alert only after its cooldown', () => {
    const other = anIdle(101, { tree: tree(4 * GB) });
    const told = play([...times(3, [big]), ...times(200, [big, other])]);
    const changed = told.flatMap(({ alerts }) => alerts).at(-1);
    expect(types(told).flat()).toEqual(['fired memory', 'changed memory']);
    expect(changed).toMatchObject({ alert: { culprit: { key: other.key }, others: 1 } });
  });

  it('are four an hour at most, then one summary, then silence', () => {
    // Everything at once: five rules, of which one is told by the summary; and later alerts in that hour not at all.
    const all = [
      ...Array.from({ length: 12 }, (_, index) => anIdle(100 + index)),
      anIdle(200, { user: 'eve', uid: 1001, tree: tree(3 * GB, 900) }),
    ];
    const config = aConfig({}, { limits: { eve: { max_runtime_hours: 1 } } });
    const host = { memoryTotalBytes: 8 * GB, memoryUsedBytes: 8 * GB - 1 };
    const events = play(times(3, all), { config, host }).flatMap(({ alerts }) => alerts);
    expect(events.map((event) => (event.type === 'recovered' ? '' : `${event.alert.rule} ${event.loudness}`))).toEqual([
      'memory own',
      'cpu own',
      'sessions own',
      'runtime own',
      'available summary',
    ]);
    const quiet = anIdle(200, { user: 'eve', uid: 1001 });
    const last = play(times(3, all), { config, host }).at(-1);
    const later = play([...times(2, [quiet]), ...times(40, all)], {
      config,
      host,
      stepMs: MINUTE_MS,
      ...(last ? { state: last.state } : {}),
    });
    const loud = later.flatMap(({ alerts }) => alerts).flatMap((event) => (event.type === 'recovered' ? [] : [event.loudness]));
    expect(new Set(loud)).toEqual(new Set(['silent']));
  });

  it('blame the largest session for the host running short', () => {
    const host = { memoryTotalBytes: 8 * GB, memoryUsedBytes: 7.9 * GB };
    const [event] = play(times(3, [fine, anIdle(101, { name: 'small' })]), { host }).flatMap(({ alerts }) => alerts);
    expect(event).toMatchObject({ alert: { rule: 'available', culprit: { name: 'billing-api' } } });
  });

  it('are taken back when they are switched off', () => {
    const state = play(times(3, [big])).at(-1)?.state;
    const off = play([[big]], { config: aConfig({ alerts_enabled: false }), ...(state ? { state } : {}) });
    expect(types(off)).toEqual([['recovered memory']]);
  });

  it('neither begin nor end by a look that could not read the value', () => {
    const blind = anIdle(100, { tree: tree(null) });
    expect(types(play([[big], [big], [blind], [big]])).flat()).toEqual(['fired memory']);
    expect(types(play([...times(3, [big]), [blind], [blind], [big]])).flat()).toEqual(['fired memory']);
  });

  it('end with the process', () => {
    expect(types(play([...times(3, [big]), []])).flat()).toEqual(['fired memory', 'recovered memory']);
  });
});

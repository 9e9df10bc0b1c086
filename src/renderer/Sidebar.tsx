import { useMemo } from 'react';
import { formatBytes, formatNumber, splitBytes } from '../shared/format.js';
import type { HostTotals, ProcessView, StatusWord, Totals } from '../shared/types.js';
import { useLanguage, useWords } from './i18n.js';
import { CleanupStatus } from './parts/CleanupStatus.js';
import { Icon } from './parts/Icon.js';
import { STATUS_ICONS } from './parts/kind-icons.js';
import { Meter } from './parts/Meter.js';
import { QuickActions } from './parts/QuickActions.js';
import { RefreshControl } from './parts/RefreshControl.js';
import { useKindName } from './parts/use-kind-name.js';
import { useShown } from './store.js';
import { tallyStatuses, tallyUsers } from './tally.js';
import { NO_FILTER, toggleStatus, toggleUser, useView } from './view.js';

const NOBODY: readonly ProcessView[] = [];
/** A host with less than this share of its memory left is short of it. */
const SHORT = 0.05;

const MemoryMeter = ({ host, totals }: { readonly host: HostTotals; readonly totals: Totals }) => {
  const say = useWords();
  const language = useLanguage();
  const { memoryTotalBytes: total, memoryUsedBytes: used } = host;
  const others = used === null ? null : Math.max(0, used - totals.memoryBytes);
  const free = total === null || used === null ? null : Math.max(0, total - used);
  const short = free !== null && total !== null && free < total * SHORT;
  const { figure, unit } = splitBytes(totals.memoryBytes, language);
  const ours = formatBytes(totals.memoryBytes, language);
  const whole = say('ui.meter.of', { total: formatBytes(total, language) });
  return (
    <section className="meterblock" aria-label={say('ui.meter.memory')}>
      <div className="line small t2">
        <span className="key" />
        <span>Claude</span>
        <span className="push">{say('ui.meter.processes', { count: totals.processes })}</span>
      </div>
      <div className="line">
        <span className="figure" data-tip={totals.memoryIsPartial ? say('ui.row.atLeast') : undefined}>
          {totals.memoryIsPartial && <span className="u">≥ </span>}
          {figure} <span className="u">{unit}</span>
        </span>
        <span className="t2 small push">{whole}</span>
      </div>
      <Meter label={say('ui.meter.ours')} text={`${ours} ${whole}`} ours={totals.memoryBytes} others={others} total={total} short={short} />
      <dl className="legend">
        <div>
          <dt>
            <i className="k-other" />
            {say('ui.meter.others')}
          </dt>
          <dd>{formatBytes(others, language)}</dd>
        </div>
        <div>
          <dt>
            <i className="k-free" />
            {say('ui.meter.free')}
          </dt>
          <dd className={short ? 'c-bad strong' : ''}>{formatBytes(free, language)}</dd>
        </div>
      </dl>
    </section>
  );
};

const CpuMeter = ({ host, totals }: { readonly host: HostTotals; readonly totals: Totals }) => {
  const say = useWords();
  const language = useLanguage();
  const ours = totals.cpuPercent === null ? null : totals.cpuPercent / 100;
  const all = host.cpuPercent === null ? null : host.cpuPercent / 100;
  const others = ours === null || all === null ? null : Math.max(0, all - ours);
  const figure = formatNumber(ours, language, 1);
  const of = say('ui.meter.cores', { count: host.cores });
  return (
    <section
      className="meterblock hide-short"
      aria-label="CPU"
      data-tip={say('ui.meter.load', { load: formatNumber(host.load1, language, 2) })}
    >
      <div className="line small">
        <span className="t2">CPU</span>
        <span className="push">
          {figure} <span className="u">{of}</span>
        </span>
      </div>
      <Meter thin label={say('ui.meter.cpu')} text={`${figure} ${of}`} ours={ours} others={others} total={host.cores} />
    </section>
  );
};

const STATUSES: readonly StatusWord[] = ['normal', 'high-memory', 'old', 'orphan', 'possible-orphan'];

const StatusCounts = ({ processes, known }: { readonly processes: readonly ProcessView[]; readonly known: boolean }) => {
  const say = useWords();
  const language = useLanguage();
  const kindName = useKindName();
  const chosen = useView((view) => view.filter.status);
  const tallies = useMemo(() => tallyStatuses(processes, NO_FILTER, kindName), [processes, kindName]);
  return (
    <section aria-label={say('ui.side.status')}>
      <h2 className="head">{say('ui.side.status')}</h2>
      <ul className="counts">
        {STATUSES.map((status) => {
          const { count, memoryBytes } = tallies[status];
          return (
            <li key={status}>
              <button
                type="button"
                className={count === 0 ? 'zero' : ''}
                aria-pressed={chosen === status}
                onClick={() => toggleStatus(status)}
              >
                <span className={`st ${STATUS_ICONS[status]}`}>
                  <Icon name={STATUS_ICONS[status]} />
                </span>
                <span className="clip">{say(`status.${status}`)}</span>
                <span className="n">{formatNumber(known ? count : null, language)}</span>
                <span className="m">{count === 0 ? '' : formatBytes(memoryBytes, language)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
};

const UserCounts = ({ processes }: { readonly processes: readonly ProcessView[] }) => {
  const say = useWords();
  const language = useLanguage();
  const chosen = useView((view) => view.filter.user);
  const users = useMemo(() => tallyUsers(processes), [processes]);
  if (users.length === 0) return null;
  return (
    <section aria-label={say('ui.side.users')}>
      <h2 className="head">{say('ui.side.users')}</h2>
      <ul className="counts">
        {users.map(({ user, count, memoryBytes }) => (
          <li key={user ?? ''}>
            <button type="button" aria-pressed={user !== null && chosen === user} disabled={user === null} onClick={() => toggleUser(user)}>
              <Icon name="user" tone="t2" />
              <span className="clip" data-tip={user} data-tip-clip>
                {user ?? say('ui.side.nobody')}
              </span>
              <span className="n">{formatNumber(count, language)}</span>
              <span className="m">{formatBytes(memoryBytes, language)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
};

/** The machine, what Claude takes of it, and the counts that filter the table. */
export const Sidebar = () => {
  const say = useWords();
  const host = useShown((shown) => shown.app?.snapshot?.host);
  const totals = useShown((shown) => shown.app?.snapshot?.totals);
  const processes = useShown((shown) => shown.app?.snapshot?.processes ?? NOBODY);
  const users = useMemo(() => tallyUsers(processes).length, [processes]);
  return (
    <aside className="side" aria-label={say('ui.side.label')}>
      <header className="host">
        <Icon name="host" />
        <span className="clip" data-tip={host ? `${host.hostName}\n${host.osName}` : undefined} data-tip-clip>
          <span className="strong">{host?.hostName ?? 'Claude Manager'}</span>{' '}
          <span className="t3">
            {[host?.osName, users > 1 ? say('ui.side.userCount', { count: users }) : null].filter(Boolean).join(', ')}
          </span>
        </span>
      </header>
      {host && totals && (
        <>
          <MemoryMeter host={host} totals={totals} />
          <CpuMeter host={host} totals={totals} />
        </>
      )}
      <div className="lists">
        <StatusCounts processes={processes} known={totals !== undefined} />
        <UserCounts processes={processes} />
      </div>
      <RefreshControl />
      <QuickActions processes={processes} />
      <CleanupStatus />
    </aside>
  );
};

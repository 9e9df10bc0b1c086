import { useEffect, useMemo, useRef, useState } from 'react';
import type { Finding } from '../../shared/findings.js';
import type { ProcessView } from '../../shared/types.js';
import { useEnding } from '../ending.js';
import { growForest } from '../forest.js';
import { rowsFound } from '../found.js';
import { useWords } from '../i18n.js';
import { Details } from '../parts/Details.js';
import { EmptyState } from '../parts/EmptyState.js';
import { Footer } from '../parts/Footer.js';
import { ProcessGrid } from '../parts/ProcessGrid.js';
import { RowMenu } from '../parts/RowMenu.js';
import { Toolbar } from '../parts/Toolbar.js';
import { useCtrlHeld, useHold } from '../parts/use-hold.js';
import { useKindName } from '../parts/use-kind-name.js';
import { type Row, selectRows } from '../select.js';
import { useShown } from '../store.js';
import { useView } from '../view.js';

const NOTHING: readonly ProcessView[] = [];
const NO_FINDINGS: readonly Finding[] = [];

/** Rows as filtered and sorted; while the order is held, those that were there stay where they were. */
const useRows = (processes: readonly ProcessView[], held: boolean): readonly Row[] => {
  const kindName = useKindName();
  const gone = useShown((shown) => shown.gone);
  const { filter, sort, tree, expanded } = useView();
  const found = useShown((shown) => rowsFound(shown.app?.findings ?? NO_FINDINGS, filter.finding));
  const last = useRef<{ readonly rows: readonly Row[]; readonly by: unknown } | null>(null);
  const rows = useMemo(() => {
    // A new sort is a wish that holding must not refuse.
    const order = held && last.current?.by === sort ? new Map(last.current.rows.map((row, index) => [row.id, index])) : null;
    return selectRows({ processes, gone, filter, found, sort, tree, expanded, order, kindName });
  }, [processes, gone, filter, found, sort, tree, expanded, held, kindName]);
  useEffect(() => {
    last.current = { rows, by: sort };
  }, [rows, sort]);
  return rows;
};

/** The table of everything that runs, its filters, what is selected, and the details of one row. */
export const MonitorTab = () => {
  const say = useWords();
  const processes = useShown((shown) => shown.app?.snapshot?.processes ?? NOTHING);
  const stale = useShown((shown) => (shown.app?.loop.staleSinceMs ?? null) !== null);
  const tree = useView((view) => view.tree);
  const busy = useView((view) => view.selected.size > 0 || view.menu !== null || view.dialog !== null);
  const ending = useEnding((state) => state.phase !== 'none');
  const [pointer, setPointer] = useState(false);
  const [keyboard, setKeyboard] = useState(false);
  const ctrl = useCtrlHeld();
  const held = useHold(pointer || keyboard || busy || ending || ctrl);
  const rows = useRows(processes, held);
  const items = growForest(processes).roots.length;
  const live = rows.length > 0;
  return (
    <>
      <Toolbar processes={processes} held={held && live} />
      <div className="body">
        <div className="pane">
          {live ? (
            <ProcessGrid rows={rows} tree={tree} stale={stale} onPointer={setPointer} onKeyboard={setKeyboard} />
          ) : (
            <section className="pane" aria-label={say('ui.grid.label')}>
              <EmptyState hidden={processes.length > 0 ? items : 0} />
            </section>
          )}
          <Footer processes={processes} items={items} />
        </div>
        <Details />
      </div>
      <RowMenu />
    </>
  );
};

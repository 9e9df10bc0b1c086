import { Checkbox } from '@base-ui/react/checkbox';
import { Dialog } from '@base-ui/react/dialog';
import { useId, useMemo, useRef } from 'react';
import { acceptProposal, closeProposal, type Proposal, tickChange, useConfig } from '../config-view.js';
import { useWords } from '../i18n.js';
import { isRehearsed } from '../rehearsal-view.js';
import { Icon } from './Icon.js';
import { Rehearsal } from './Rehearsal.js';
import { useEditName } from './use-edit-name.js';
import { useValueText } from './use-value-text.js';

type Change = Proposal['changes'][number];

const Line = ({ change, ticked, only }: { readonly change: Change; readonly ticked: boolean; readonly only: boolean }) => {
  const say = useWords();
  const nameOf = useEditName();
  const valueText = useValueText();
  const label = useId();
  const { edit, before, after } = change;
  return (
    <li className={ticked ? '' : 'off'}>
      {only ? (
        <Icon name="sliders" tone="t3" />
      ) : (
        <Checkbox.Root className="check" checked={ticked} aria-labelledby={label} onCheckedChange={() => tickChange(change.id)}>
          <Checkbox.Indicator>
            <Icon name="check" />
          </Checkbox.Indicator>
        </Checkbox.Root>
      )}
      <div className="clip-box" id={label}>
        <p className="name">{nameOf(edit)}</p>
        {edit.at !== 'rule' && (
          <p className="why">{say('ui.config.fromTo', { from: valueText(edit, before), to: valueText(edit, after) })}</p>
        )}
        {change.weaker && (
          <p className="note warn">
            <Icon name="warn" />
            <span>{say('ui.config.weaker')}</span>
          </p>
        )}
      </div>
    </li>
  );
};

const Body = ({ proposal }: { readonly proposal: Proposal }) => {
  const say = useWords();
  const ticked = useConfig((config) => config.ticked);
  // Asked about one click, there is nothing to leave out.
  const asks = proposal.source === 'loosen';
  const only = asks && proposal.changes.length === 1;
  const chosen = useMemo(() => proposal.changes.flatMap(({ id, edit }) => (ticked.has(id) ? [edit] : [])), [proposal, ticked]);
  const rehearsed = useMemo(() => chosen.filter(isRehearsed), [chosen]);
  const count = chosen.length;
  return (
    <>
      <div className="head">
        <div className="grow">
          <Dialog.Title>{say(`ui.config.proposal.${proposal.source}`, { of: proposal.of })}</Dialog.Title>
          <Dialog.Description>
            {proposal.changes.length === 0
              ? say('ui.config.nothingChanges')
              : say(asks ? 'ui.config.proposal.loosenWhat' : 'ui.config.proposal.what')}
          </Dialog.Description>
        </div>
      </div>
      <div className="mid">
        {proposal.changes.length > 0 && (
          <ul className="targets proposal">
            {proposal.changes.map((change) => (
              <Line key={change.id} change={change} ticked={ticked.has(change.id)} only={only} />
            ))}
          </ul>
        )}
        {proposal.changes.some(({ edit }) => isRehearsed(edit)) && <Rehearsal edits={rehearsed} />}
        {proposal.unknown > 0 && <p className="small t2 after">{say('ui.config.unknown', { count: proposal.unknown })}</p>}
      </div>
      <div className="end">
        <span className="grow" />
        <button type="button" className="btn" onClick={closeProposal}>
          {say(proposal.changes.length === 0 ? 'ui.close' : 'ui.cancel')}
        </button>
        {proposal.changes.length > 0 && (
          <button type="button" className="btn primary" aria-disabled={count === 0} onClick={() => count > 0 && void acceptProposal()}>
            {say(`ui.config.proposal.${proposal.source}Button`, { count })}
          </button>
        )}
      </div>
    </>
  );
};

/** What an import, an earlier version or a reset would change, line by line, before it does. */
export const ConfigProposal = () => {
  const proposal = useConfig((config) => config.proposal);
  const last = useRef(proposal);
  if (proposal !== null) last.current = proposal;
  return (
    <Dialog.Root open={proposal !== null} onOpenChange={(next) => !next && closeProposal()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Viewport className="dialog-at">
          <Dialog.Popup className="dialog narrow">{last.current !== null && <Body proposal={last.current} />}</Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
};

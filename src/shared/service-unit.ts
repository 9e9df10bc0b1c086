import type { ProcessFacts } from './process-facts.js';

/** The innermost unit of a control group path; a service's own sub-groups belong to it, "user@1000.service" holds a whole login. */
const unitOf = (cgroup: string): string | null => {
  const units = cgroup.split('/').filter((part) => /\.(?:service|scope)$/.test(part));
  const unit = units.at(-1);
  return unit === undefined || /^user@\d+\.service$/.test(unit) ? null : unit;
};

/**
 * Whether a service manager runs the process. `unit`: it is part of a service, or nothing says otherwise of its INVOCATION_ID.
 * `inherited`: a terminal that was started as a unit handed its INVOCATION_ID on. Null = no sign of one.
 */
export const serviceOf = (facts: ProcessFacts): { readonly by: 'unit' | 'inherited'; readonly unit: string | null } | null => {
  const unit = facts.hints.cgroup == null ? null : unitOf(facts.hints.cgroup);
  if (unit?.endsWith('.service') === true) return { by: 'unit', unit };
  if ((facts.env?.INVOCATION_ID ?? '') === '') return null;
  return { by: unit === null ? 'unit' : 'inherited', unit };
};

/** Whether a control group is a container's: the pids that its processes speak of are not ours. */
export const isContainerGroup = (cgroup: string): boolean =>
  cgroup
    .split('/')
    .some(
      (part) =>
        !part.endsWith('.service') &&
        /^(?:docker|libpod|crio|cri-containerd|containerd|kubepods|lxc|machine|garden|podman|nspawn)(?:$|[-.:@_])/.test(part),
    );

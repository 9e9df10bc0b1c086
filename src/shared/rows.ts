import { z } from 'zod';
import type { Judgement } from './judge.js';
import type { Hints, ProcessFacts, RegistryFacts } from './process-facts.js';
import { cleanText, redactArgv } from './redact.js';
import type { Kind, LeftOver, Marks, Os } from './types.js';
import { KINDS, MARK_NAMES } from './types.js';

/** One process as it was captured: facts to classify, and what it is said to be, if it is. */
export interface Row {
  readonly id: string;
  readonly facts: ProcessFacts;
  readonly expected: { readonly kind: Kind | null; readonly leftOver: LeftOver | null } | null;
}

export type ParsedRow =
  | { readonly ok: true; readonly row: Row }
  | { readonly ok: false; readonly error: 'too-long' | 'not-json' | 'not-a-row' };

const MAX_CHARS = 4 * 1024 * 1024;

// A field of a wrong type is one that could not be read: null. Absent and null are told apart in hints only.
const text = z.string().nullable().catch(null).default(null);
const integer = z.number().int().min(-1).max(Number.MAX_SAFE_INTEGER).nullable().catch(null).default(null);
const flag = z.boolean().nullable().optional().catch(null);
const hintText = z.string().nullable().optional().catch(null);
const kind = z.enum(KINDS).nullable().catch(null).default(null);

const parent = z.object({
  pid: integer,
  alive: z.boolean().catch(false).default(false),
  comm: text,
  kind,
  role: text,
  pgid: integer,
  startedBefore: z.boolean().nullable().catch(null).default(null),
  ancestors: z.array(z.string()).catch([]).default([]),
});

const hints = z.object({
  fd0: hintText,
  cgroup: hintText,
  ownerAlive: flag,
  ownerUidMatches: flag,
  openFile: hintText,
  computeSystem: hintText,
  daemonSocketAlive: flag,
  listening: flag,
  ptyHolder: flag,
  containsEngine: flag,
  isSelf: z.boolean().optional().catch(undefined),
  ancestorIsSelf: z.boolean().optional().catch(undefined),
});

const registry = z.object({
  sessionId: text,
  kind: text,
  entrypoint: text,
  status: text,
  waitingFor: text,
  jobId: text,
  idleHours: z.number().min(0).nullable().catch(null).default(null),
  // Whatever is not plainly true vouches for nothing.
  procStartMatches: z.boolean().catch(false).default(false),
  pidDomain: text,
});

const rowSchema = z.object({
  id: z.union([z.string(), z.number()]).catch('').default(''),
  platform: z.enum(['linux', 'darwin', 'win32']),
  pid: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  ppid: integer,
  user: text,
  comm: text,
  exe: text,
  argv: z.array(z.string()).nullable().catch(null).default(null),
  tty: text,
  cwd: text,
  sid: integer,
  pgid: integer,
  state: text,
  parent: parent.nullable().catch(null).default(null),
  env: z.record(z.string(), z.unknown()).nullable().catch(null).default(null),
  hints: hints.catch({}).default({}),
  registry: registry.nullable().catch(null).default(null),
  expected: z
    .object({ kind, leftOver: z.enum(['yes', 'no', 'unknown']).nullable().catch(null).default(null) })
    .nullable()
    .catch(null)
    .default(null),
});

const marksOf = (env: Readonly<Record<string, unknown>> | null): Marks | null => {
  if (env === null) return null;
  const named = MARK_NAMES.flatMap((name) => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return Object.fromEntries(named);
};

const present = (values: z.infer<typeof hints>): Hints =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const recordOf = ({ pidDomain, ...record }: z.infer<typeof registry>, platform: Os): RegistryFacts => ({
  ...record,
  // A record of another system's pids speaks of nobody here.
  procStartMatches: record.procStartMatches && (pidDomain === null || pidDomain.startsWith(`${platform}:`)),
});

/** One line of process rows, hostile text: a field of a wrong type is null, only what is no row at all is an error. Never throws. */
export const parseRow = (line: string): ParsedRow => {
  if (line.length > MAX_CHARS) return { ok: false, error: 'too-long' };
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { ok: false, error: 'not-json' };
  }
  const parsed = rowSchema.safeParse(json);
  if (!parsed.success) return { ok: false, error: 'not-a-row' };
  const { id, expected, env, registry: record, ...rest } = parsed.data;
  const facts = {
    ...rest,
    env: marksOf(env),
    hints: present(rest.hints),
    registry: record === null ? null : recordOf(record, rest.platform),
  };
  return { ok: true, row: { id: String(id), expected, facts } };
};

/** A process as a row for a bug report: redacted, without names from its record, and judged as it was live. Plain data for JSON. */
export const rowOf = (judgement: Judgement): Readonly<Record<string, unknown>> => {
  const { facts, kind: kindFound, leftOver, raw } = judgement;
  const argv = facts.argv === null ? null : redactArgv(facts.argv);
  const record: RegistryFacts | null =
    facts.registry === null
      ? null
      : { ...facts.registry, waitingFor: facts.registry.waitingFor === null ? null : cleanText(facts.registry.waitingFor, 80) };
  return {
    id: `${raw.key.pid}:${raw.key.startedAt}`,
    ...facts,
    argv,
    registry: record,
    expected: { kind: kindFound, leftOver },
    basis: 'capture',
  };
};

import { freeze } from '../tree/frozen.ts';
import type { Json } from '../tree/json.ts';
import type { Tree } from '../tree/tree.ts';
import { definitionProblem, shapeProblem } from './definition.ts';
import { pathTo } from './kept.ts';
import type { InputOf, OutputOf, Schema, SchemaIssue } from './schema.ts';
import type { Applied, Change, Predicted, Service } from './service.ts';

/** The parts of a service. Those that are not explained here are those of `Service`. */
interface Definition<State, Operation, Made extends Applied<State>> {
  readonly initial: State;
  apply(state: State, operation: Operation, predicted: Predicted): Made;
  isRead?(operation: Operation): boolean;
  changes?(operation: Operation, result: Made['result']): readonly Change[];
  snapshot?(state: State): Tree;
  restore?(parts: Tree): State;
}

/** A definition whose operations are described by a schema: `apply` is given what the schema makes of them. */
export interface DefinitionBySchema<State, Described extends Schema, Made extends Applied<State>>
  extends Definition<State, OutputOf<Described>, Made> {
  readonly validate: Described;
}

/** A definition whose operations are any JSON values that a function does not object to. */
export interface DefinitionByFunction<State, Made extends Applied<State>>
  extends Definition<State, Json, Made> {
  validate(operation: Json): string | undefined;
}

/**
 * A service, typed in its state, operations and results. `validate` is a function that says what is wrong with an operation, or
 * a Standard Schema such as one of zod, from which the type of the operations follows. The schema must be synchronous.
 *
 * The initial state is frozen. Throws a TypeError if a part is missing or no function, or if no checkpoint can keep the initial
 * state, with the path to what it cannot keep.
 */
export function defineService<State, Described extends Schema, Made extends Applied<State>>(
  definition: DefinitionBySchema<State, Described, Made>,
): Service<State, InputOf<Described>, Made['result']>;
export function defineService<State, Made extends Applied<State>>(
  definition: DefinitionByFunction<State, Made>,
): Service<State, Json, Made['result']>;
export function defineService<State, Described extends Schema, Made extends Applied<State>>(
  definition: DefinitionBySchema<State, Described, Made> | DefinitionByFunction<State, Made>,
): Service<State, unknown, Json> {
  const misshapen = shapeProblem(definition, true);
  if (misshapen !== undefined) throw new TypeError(`defineService: this is no service: ${misshapen}.`);
  const service = isBySchema(definition) ? bySchema(definition) : byFunction(definition);
  const problem = definitionProblem(service);
  if (problem !== undefined) throw new TypeError(`defineService: this is no service: ${problem}.`);
  freeze(service.initial);
  return service;
}

function isBySchema<State, Described extends Schema, Made extends Applied<State>>(
  definition: DefinitionBySchema<State, Described, Made> | DefinitionByFunction<State, Made>,
): definition is DefinitionBySchema<State, Described, Made> {
  return '~standard' in definition.validate;
}

function byFunction<State, Made extends Applied<State>>(
  definition: DefinitionByFunction<State, Made>,
): Service<State> {
  const { initial } = definition;
  return {
    initial,
    validate: (operation) => definition.validate(operation),
    apply: (state, operation, predicted) => definition.apply(state, operation, predicted),
    ...(definition.isRead && { isRead: definition.isRead.bind(definition) }),
    ...(definition.changes && { changes: definition.changes.bind(definition) }),
    ...checkpointsOf(definition),
  };
}

function bySchema<State, Described extends Schema, Made extends Applied<State>>(
  definition: DefinitionBySchema<State, Described, Made>,
): Service<State> {
  const { initial, validate: schema } = definition;
  const outputOf = (operation: Json): OutputOf<Described> => {
    const parsed = parse(schema, operation);
    if (typeof parsed === 'string') throw new TypeError(`The schema rejects the operation: ${parsed}.`);
    return parsed.value;
  };
  return {
    initial,
    schema,
    validate: (operation) => {
      const parsed = parse(schema, operation);
      return typeof parsed === 'string' ? parsed : undefined;
    },
    apply: (state, operation, predicted) => definition.apply(state, outputOf(operation), predicted),
    ...(definition.isRead && {
      isRead: (operation) => definition.isRead?.(outputOf(operation)) ?? false,
    }),
    ...(definition.changes && {
      changes: (operation, result) => definition.changes?.(outputOf(operation), result) ?? [],
    }),
    ...checkpointsOf(definition),
  };
}

function checkpointsOf<State>(definition: Pick<Service<State>, 'snapshot' | 'restore'>) {
  return {
    ...(definition.snapshot && { snapshot: definition.snapshot.bind(definition) }),
    ...(definition.restore && { restore: definition.restore.bind(definition) }),
  };
}

/** What the schema makes of the operation, or what is wrong with it. */
function parse<Described extends Schema>(
  schema: Described,
  operation: Json,
): { readonly value: OutputOf<Described> } | string {
  const parsed = schema['~standard'].validate(operation);
  if (parsed instanceof Promise) return 'its schema answers with a promise, and must answer at once';
  return parsed.issues === undefined ? parsed : parsed.issues.map(issueText).join('; ');
}

function issueText({ message, path = [] }: SchemaIssue): string {
  const steps = path.map((step) => (typeof step === 'object' ? step.key : step));
  const place = steps.map((key) => (typeof key === 'number' ? `[${key}]` : pathTo(String(key)))).join('');
  return place === '' ? message : `operation${place}: ${message}`;
}

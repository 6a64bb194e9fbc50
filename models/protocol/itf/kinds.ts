/** A value in ITF, as JSON. */
export type ItfValue = string | boolean | readonly ItfValue[] | { readonly [name: string]: ItfValue };

/** A type of values: its name in Apalache (ADR-002), and how a value is written. */
export interface Kind<Value> {
  readonly type: string;
  write(value: Value): ItfValue;
}

export const int: Kind<number> = { type: 'Int', write: (value) => ({ '#bigint': `${value}` }) };

export const str: Kind<string> = { type: 'Str', write: (value) => value };

export function seqOf<Value>({ type, write }: Kind<Value>): Kind<readonly Value[]> {
  return { type: `Seq(${type})`, write: (values) => values.map(write) };
}

/** A set, without repetitions and in the order of its texts. */
export function setOf<Value>({ type, write }: Kind<Value>): Kind<readonly Value[]> {
  return {
    type: `Set(${type})`,
    write(values) {
      const byText = new Map(values.map(write).map((value) => [JSON.stringify(value), value]));
      return {
        '#set': [...byText].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, value]) => value),
      };
    },
  };
}

/** A function from keys to values. */
export function mapOf<Key, Value>(
  key: Kind<Key>,
  value: Kind<Value>,
): Kind<readonly (readonly [Key, Value])[]> {
  return {
    type: `(${key.type} -> ${value.type})`,
    write: (pairs) => ({ '#map': pairs.map(([from, to]) => [key.write(from), value.write(to)]) }),
  };
}

export function recordOf<Value extends object>(
  fields: { readonly [Name in keyof Value & string]: Kind<Value[Name]> },
): Kind<Value> {
  const names = namesIn<Value>(fields);
  return {
    type: `{ ${names.map((name) => `${name}: ${fields[name].type}`).join(', ')} }`,
    write: (value) => Object.fromEntries(names.map((name) => [name, fields[name].write(value[name])])),
  };
}

function namesIn<Value extends object>(
  fields: {
    readonly [Name in keyof Value & string]: unknown;
  },
): readonly (keyof Value & string)[];
function namesIn(fields: object): readonly string[] {
  return Object.keys(fields);
}

/** A value, or none. */
export function optionOf<Value>({ type, write }: Kind<Value>): Kind<Value | undefined> {
  return {
    type: `Some(${type}) | None(UNIT)`,
    write: (value) =>
      value === undefined ? { tag: 'None', value: 'U_OF_UNIT' } : { tag: 'Some', value: write(value) },
  };
}

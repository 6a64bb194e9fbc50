import type { Json } from '../../../impl/index.ts';
import { marked } from '../events/marked.ts';

const floats = new Map([
  ['##NaN', 'NaN'],
  ['##Inf', 'Infinity'],
  ['##-Inf', '-Infinity'],
]);

/**
 * A number of EDN, or undefined if the text is none. Numbers are equal exactly if Clojure's `=` says so: whole numbers, floats and
 * decimals never equal each other, and no digit is lost.
 */
export function numberIn(text: string): Json | undefined {
  const named = floats.get(text);
  if (named !== undefined) return marked('float', named);
  if (/^0x[\da-fA-F]+$/.test(text)) return integer(BigInt(text));
  if (/^[+-]?\d+N?$/.test(text)) return integer(BigInt(text.replace(/^\+|N$/g, '')));
  if (/^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$/.test(text)) return float(Number(text));
  const [, sign = '', whole, fraction = '', exponent = '0'] =
    /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?M$/.exec(text) ?? [];
  if (whole !== undefined)
    return decimal(
      BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`),
      Number(exponent) - fraction.length,
    );
  const [, numerator, denominator] = /^([+-]?\d+)\/(\d+)$/.exec(text) ?? [];
  if (numerator === undefined || denominator === undefined) return undefined;
  return ratio(BigInt(numerator.replace(/^\+/, '')), BigInt(denominator));
}

function integer(value: bigint): Json {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : marked('integer', String(value));
}

function float(value: number): Json {
  return Number.isInteger(value) || !Number.isFinite(value)
    ? marked('float', String(value === 0 ? 0 : value))
    : value;
}

function decimal(digits: bigint, exponent: number): Json {
  if (digits === 0n) return marked('decimal', '0');
  const [, kept = '', zeros = ''] = /^(-?\d*?)(0*)$/.exec(String(digits)) ?? [];
  return marked('decimal', `${kept}e${exponent + zeros.length}`);
}

function ratio(numerator: bigint, denominator: bigint): Json | undefined {
  if (denominator === 0n) return undefined;
  let [divisor, rest] = [numerator < 0n ? -numerator : numerator, denominator];
  while (rest !== 0n) [divisor, rest] = [rest, divisor % rest];
  const [above, below] = [numerator / divisor, denominator / divisor];
  return below === 1n ? integer(above) : marked('ratio', `${above}/${below}`);
}

/** Finds a number in frames as a value of its own: the same digits stand within ids and cursors by chance. */
export function asValue(number: number): RegExp {
  return new RegExp(`(?<![\\w-])${number}\\b`);
}

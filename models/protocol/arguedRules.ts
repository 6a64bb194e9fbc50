/** The rules without which the promise is kept too, as far as these explorations show, and why they stand all the same. */
export const argued: ReadonlyMap<string, string> = new Map([
  [
    'recover/enough-answers',
    'A replica remembers the view to which it had moved, and recovers into no earlier one. It matters where the ' +
      'whole storage is lost, which the specification does not have yet.',
  ],
  [
    'RECOVERYRESPONSE/sender-is-normal',
    'A replica recovers into no view before its own, and the primary of a view adds a log only if it holds that of the view.',
  ],
]);

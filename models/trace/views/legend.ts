/** A symbol as it occurs in rows, and its meaning. */
interface Symbol {
  readonly found: RegExp;
  readonly text: string;
}

/** In the order of the tables of docs/testing.md, which say more. */
const symbols: readonly Symbol[] = [
  { found: /^\d+!/m, text: '3!  the event at which the property broke' },
  { found: /^\d+\?/m, text: '3?  the event that cannot happen' },
  { found: /\br\d/, text: 'r0, r1, …  replicas' },
  { found: /\bc\d/, text: 'c0, c1, …  clients' },
  { found: /→/, text: 'r0→r2  a message from replica 0 to replica 2' },
  { found: / #\d/, text: 'M #2  the second oldest of the messages with the name M' },
  { found: /\btimer \w/, text: 'timer suspect r1  that timer of replica 1 fires' },
  { found: /\bsync r/, text: 'sync r1  what replica 1 wrote becomes durable' },
  {
    found: /\bkeeping \d/,
    text: 'keeping 2 records  of the records not yet durable, the crash leaves the first two',
  },
  { found: /\bcorrupt after/, text: 'corrupt after 1  of the durable log only entry 1 can still be read' },
  { found: /\bend c/, text: 'end c0  client 0 ends its session' },
  { found: /\bretry c/, text: 'retry c0  client 0 sends its outstanding requests again, to all replicas' },
  { found: /\bcut r/, text: 'cut r0→r1  messages on this link are held up; with losing, they are lost' },
  { found: /\bv\d/, text: 'v1  view-number' },
  { found: /\bn\d/, text: 'n1  op-number: that of an entry, or the length of a log' },
  { found: /\bk\d/, text: 'k0  commit-number' },
  { found: /\blnv\d/, text: 'lnv1  last normal view' },
  {
    found: /\bs\d/,
    text: 's1  request-number of a client; s0 is a registration, and in an answer also the end of a session',
  },
  { found: /\bx\d+\.\d/, text: 'x1.0  nonce of a recovery: the incarnation of the replica, and its attempt' },
  { found: /\bc\d+\/\d/, text: 'c0/0  client-id: client 0 in its first incarnation' },
  { found: /\bc\d+\.\d/, text: 'c0.1  the first request of client 0' },
  { found: /\+c\d/, text: '+c0.1 at 1  that request became entry 1 of the log' },
  { found: /\bwaits\b/, text: 'waits  it is not sent yet, because earlier entries are outstanding' },
  { found: /\blog(?: after \d+)?: .*→/, text: 'log: … → …  the log before, and after' },
  { found: /\bholds \d/, text: 'r1 holds 2  replica 1 has acknowledged entries up to 2' },
  { found: /\bcalled by/, text: 'called by r2  a STARTVIEWCHANGE of replica 2 counts' },
  {
    found: /\bvote of/,
    text: 'vote of r1  a DOVIEWCHANGE of replica 1 counts; what it carries stands where it was sent',
  },
  { found: /\banswer of/, text: 'answer of r1  a RECOVERYRESPONSE of replica 1 counts' },
  { found: /\basks r/, text: 'asks r0 for v0  it fetches entries of the log of view 0 from replica 0' },
  { found: /\bwrote \d/, text: 'wrote 2  so many records were handed to the disk' },
  { found: /\bdurable v/, text: 'durable v1 n0 k0  what the disk now holds' },
  { found: /\bdropped: /, text: 'dropped: …  the input was outdated' },
  { found: /\brejected: /, text: 'rejected: …  no correct sender can have sent it' },
];

/** The meaning of each symbol that occurs in this text. */
export function legendFor(text: string): readonly string[] {
  return symbols.filter(({ found }) => found.test(text)).map((symbol) => symbol.text);
}

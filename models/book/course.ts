/** One exercise of the course: a mutant, what to ask before it is hunted, and the answer. */
export interface Exercise {
  readonly mutant: string;
  /** The size of the group in which it is hunted. */
  readonly replicas: number;
  /** The idea that the exercise teaches. */
  readonly idea: string;
  /** What the reader should predict before the hunt. */
  readonly predict: string;
  readonly answer: string;
}

/** Ten rules in an order in which each needs only what the earlier ones taught. */
export const course: readonly Exercise[] = [
  {
    mutant: 'commit-quorum-short',
    replicas: 3,
    idea: 'A quorum, and not one replica less',
    predict:
      'Three replicas. The primary counts itself as enough. How many steps until an answered request is lost?',
    answer:
      'Two: the client asks, and its request reaches the primary, which answers at once. `never-lost` asks at every moment what would be left if any f replicas were lost now, and here that is nothing.',
  },
  {
    mutant: 'ack-before-durable',
    replicas: 3,
    idea: 'An acknowledgement is a statement about the disk',
    predict:
      'Which single crash turns an acknowledgement into a false statement? Does it matter in diskless mode?',
    answer:
      'A crash of the sender, after the acknowledgement has left and before its write is durable. In diskless mode nothing changes, because the log is in memory there.',
  },
  {
    mutant: 'no-dedupe',
    replicas: 3,
    idea: 'Messages are repeated',
    predict:
      'A client that hears nothing asks again. Which property breaks, and does it take a failure of any replica?',
    answer:
      '`exactly-once`. No replica has to fail: it is enough that the client or the network repeats the request.',
  },
  {
    mutant: 'primary-keeps-own-log',
    replicas: 3,
    idea: 'The new primary is not always the best informed',
    predict:
      'The quorum that held the entry did not include the next primary. What does the group lose, and when?',
    answer:
      'The entries that the quorum holds and the new primary lacks. They are lost as soon as the new view starts, for the whole group.',
  },
  {
    mutant: 'dvc-cut-at-commit',
    replicas: 3,
    idea: 'Uncommitted entries vote too',
    predict:
      'A replica votes only with what it knows to be committed. Who is the last to learn that an entry is committed, and who crashed?',
    answer:
      'The backups are the last to learn it, from the next PREPARE or from COMMIT. If the primary crashes before, no vote has the entry.',
  },
  {
    mutant: 'lnv-last-attempted',
    replicas: 3,
    idea: 'Normal in a view, or only on the way to it',
    predict:
      'A replica counts each view that it has moved to as one in which it was normal. Its log is as old as before. Whose log wins the next view change?',
    answer:
      'That replica’s log may win, against a log with entries that were committed in a view which it has missed.',
  },
  {
    mutant: 'startview-reapplied',
    replicas: 3,
    idea: 'Messages arrive late',
    predict:
      'STARTVIEW arrives a second time, after the backup has acknowledged an entry of the new view. What is gone?',
    answer:
      'The acknowledged entry: the backup cuts its log to that of the message, and the primary has counted it as held.',
  },
  {
    mutant: 'lnv-raised-on-getstate',
    replicas: 3,
    idea: 'A defect of the paper: state transfer',
    predict:
      'A replica drops its log and names the later view as its own before the new log has come. Which vote wins the next view change?',
    answer:
      'The vote of that replica: it is short, but its last normal view is late, so it ranks above every log of the earlier view. The answered requests are in those.',
  },
  {
    mutant: 'paper-recovery',
    replicas: 3,
    idea: 'A defect of the paper: recovery',
    predict:
      'A replica calls for view 1 and crashes. Which statement about it is still on its way, and is it still true?',
    answer:
      'STARTVIEWCHANGE for view 1. It says that the replica has moved to view 1, and after the restart it has not.',
  },
  {
    mutant: 'calls-not-relayed',
    replicas: 5,
    idea: 'Nothing is lost, and nothing happens',
    predict:
      'One replica reaches all others, and they reach only that one. Each voter must hear a quorum. Which replicas ever do?',
    answer:
      'Only the one in the middle: each other replica hears itself and that one, which is two of five. So no quorum of votes comes together, and no request is answered.',
  },
];

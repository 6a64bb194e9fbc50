import { z } from 'zod';
import { maxReplicas } from '../../replica/data/configuration.ts';
import { processClock } from '../platform/clock.ts';

/** A line of Maelstrom's protocol: a message from one node or client to another. */
export const maelstromLineSchema = z.object({
  src: z.string(),
  dest: z.string(),
  body: z.looseObject({ type: z.string(), msg_id: z.int().optional(), in_reply_to: z.int().optional() }),
});
/** A line of Maelstrom's protocol. */
export type MaelstromLine = z.infer<typeof maelstromLineSchema>;

/** The message by which Maelstrom tells a node its name, and those of all nodes. */
export const initSchema = z.object({
  type: z.literal('init'),
  node_id: z.string(),
  node_ids: z.array(z.string()).min(1).max(maxReplicas),
});
/** The message by which Maelstrom tells a node its name, and those of all nodes. */
export type Init = z.infer<typeof initSchema>;

/** Writes the lines of one turn of the event loop in one write at its end. */
export class LineWriter {
  private readonly stream: NodeJS.WritableStream;
  private waiting: string[] = [];

  constructor(stream: NodeJS.WritableStream) {
    this.stream = stream;
  }

  write(src: string, dest: string, body: object): void {
    if (this.waiting.length === 0) processClock.soon(() => this.flush());
    this.waiting.push(`${JSON.stringify({ src, dest, body })}\n`);
  }

  private flush(): void {
    this.stream.write(this.waiting.join(''));
    this.waiting = [];
  }
}

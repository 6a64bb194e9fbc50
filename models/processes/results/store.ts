import {
  createWriteStream,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  type WriteStream,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import type { HistoryEvent } from '../../histories/events/event.ts';
import { historyAsEdn } from '../../histories/formats/edn.ts';
import { historyAsJsonLines } from '../../histories/formats/jsonLines.ts';
import type { Clock } from '../clock.ts';
import type { MessageJournal } from '../lines/lineNetwork.ts';

/** The directory of a test's files: a new one for each test, with a link `latest` to the newest. */
export class Store {
  readonly path: string;
  private messages: WriteStream | undefined;

  /** Creates the directory. Throws the system's error if that fails. */
  constructor(root: string, name: string) {
    const time = new Date().toISOString().replaceAll(/[-:]/g, '');
    const relative = join(name, `${time}-${process.pid}`);
    this.path = join(resolve(root), relative);
    mkdirSync(join(this.path, 'node-logs'), { recursive: true });
    const link = join(root, 'latest');
    const fresh = join(root, `.latest-${process.pid}`);
    symlinkSync(relative, fresh);
    try {
      renameSync(fresh, link);
    } catch (error) {
      rmSync(fresh);
      throw error;
    }
  }

  /** The file for the standard error of a node. */
  log(node: string): string {
    return join(this.path, 'node-logs', `${node}.log`);
  }

  /** The file for the trace of a node. */
  trace(node: string): string {
    return join(this.path, `${node}.trace.jsonl`);
  }

  /** A node's data directory. */
  data(node: string): string {
    return join(this.path, 'data', node);
  }

  /** Writes the configuration of a node. Returns the path of the file. */
  writeConfig(node: string, text: string): string {
    const path = join(this.path, `${node}.yaml`);
    writeFileSync(path, text);
    return path;
  }

  /** Writes what happens to each message from now on into messages.jsonl. */
  journal(clock: Clock): MessageJournal {
    const stream = createWriteStream(join(this.path, 'messages.jsonl'));
    this.messages = stream;
    return (fate, line) => {
      const time = Math.round(clock.now() * 1e6);
      stream.write(`{"time":${time},"fate":"${fate}","message":${line}}\n`);
    };
  }

  writeHistory(history: readonly HistoryEvent[]): void {
    writeFileSync(join(this.path, 'history.edn'), historyAsEdn(history));
    writeFileSync(join(this.path, 'history.jsonl'), historyAsJsonLines(history));
  }

  writeResults(results: unknown): void {
    this.write('results.json', [JSON.stringify(results, null, 2)]);
  }

  /** Resolves when all is written. */
  async close(): Promise<void> {
    const { messages } = this;
    if (messages !== undefined) await new Promise((resolve) => messages.end(resolve));
  }

  private write(name: string, lines: readonly string[]): void {
    writeFileSync(join(this.path, name), lines.map((line) => `${line}\n`).join(''));
  }
}

#!/usr/bin/env node
// What Maelstrom is given as --bin: it starts one executable, without saying more.
import 'tsx';

const { maelstrom } = await import('./maelstromCommand.ts');
await maelstrom(process.argv.slice(2));

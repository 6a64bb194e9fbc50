import pc from 'picocolors';

/** Colours for standard output; none if it is no terminal, or NO_COLOR is set. */
export const colours = pc.createColors(process.stdout.isTTY === true && process.env.NO_COLOR === undefined);

import pc from 'picocolors';

/** Colours for standard output, if it is a terminal that wants them. */
export const colours = pc.createColors(process.stdout.isTTY === true && process.env.NO_COLOR === undefined);

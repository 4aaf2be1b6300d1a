/** A link as a row has it, in one word: the node at its other end and, in the last four bits, its type. Nobody reads one without the other. */
export const linkWord = (node: number, type: number): number => ((node << 4) | type) >>> 0;

export const nodeIn = (word: number): number => word >>> 4;
export const typeIn = (word: number): number => word & 15;

/** The type of a link that has left its row: nobody asks for it. */
export const noType = 15;

/** Numbers of nodes that a word has room for. */
export const mostNodes = 2 ** 28;

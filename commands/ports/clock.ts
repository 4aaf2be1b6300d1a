/** The present, as data for deciders: milliseconds since 1970. */
export type Clock = () => number;

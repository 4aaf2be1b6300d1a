/** What these mean wherever they stand. */
export const positionText = "Everything up to this position of the log is in this answer.";
export const staleText = "The position that was asked for was not reached in time; `position` says what this shows.";

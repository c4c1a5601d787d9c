/** A loopback port that nothing listens on, for programs that cannot be told to choose one. */
export function freePort(): Promise<number>

/** What readers in pages go through, each of them. */
export const EVENTS = 3000
export const CUTS = 30

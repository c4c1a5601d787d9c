/**
 * A stream of the inspector's own process, and what the page may do to it. The code that made it closes it. The page shows a
 * button for each function that is there. What they throw is told to the page.
 */
export interface Stage {
  readonly url: string | URL
  /** What the page calls it, such as `a server of numbered ticks`. */
  readonly name: string
  /** Events a second, where `setRate` can change it. */
  readonly rate?: number
  setRate?(perSecond: number): void
  /** The server goes away and comes back, with its history. Resolves when it is back, or sooner. */
  restart?(): unknown
  /** The history forgets what readers may have missed, so that those who come back are told of a gap. */
  trim?(): unknown
  /** Numbers that the page shows beside the readers, by their names. Asked once a second. */
  score?(): Readonly<Record<string, number>>
}

import { afterTurn } from '../streams/after-turn.js'

/** Watches for reads that take too long. Its owner tells it when one begins and ends. */
export interface IdleWatch {
  begin(): void
  end(): void
  stop(): void
}

export function watchIdle(ms: number, onIdle: () => void): IdleWatch {
  let since: number | undefined
  // One timer for many reads: to set one for each chunk would cost more than the chunk.
  const check = (): void => {
    const left = since === undefined ? ms : ms - (performance.now() - since)
    if (left > 0) stop = afterTurn(left, check)
    else onIdle()
  }
  let stop = afterTurn(ms, check)
  return {
    begin: () => void (since ??= performance.now()),
    end: () => void (since = undefined),
    stop: () => stop(),
  }
}

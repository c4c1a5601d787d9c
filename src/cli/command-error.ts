/** Exit codes; `docs/cli.md` tells users the same. */
export const EXIT = {
  /** Done, or ended by its user. */
  ok: 0,
  /** It ran, and the answer is no: a stream that failed, a check with errors, a load with failures. */
  failed: 1,
  /** The command line makes no sense, or names a file that cannot be used. Nothing was sent to anybody. */
  usage: 2,
  /** Ended by Ctrl-C before there was an answer. */
  interrupted: 130,
} as const

/** Ends the command with one line on stderr and without a stack. */
export class CommandError extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number = EXIT.failed, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.exitCode = exitCode
  }

  override get name(): 'CommandError' {
    return 'CommandError'
  }
}

/** The one line for `error`, whatever was thrown. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error)
  return message.replaceAll(/\s*[\r\n]+\s*/g, ' ')
}

import type { Config, Session } from './session.js'

const ELSEWHERE = 'Only for a server that belongs to this page'

/** The buttons. Each says what it does, for those who see it for the first time. */
export function Controls({ session }: { session: Session }) {
  const { config, isStalled } = session
  const can = (what: Config['can'][number]): boolean => config?.can.includes(what) === true
  const press = (action: string, label: string) => () => void session.order(action, label)
  const stall = (): void => {
    session.isStalled = !isStalled
    void session.order('stall', session.isStalled ? 'the connection stalls: open, but silent' : 'the stall is over', {
      on: session.isStalled,
    })
  }
  const toggle = (): void => {
    if (session.isRunning) session.stop()
    else void session.start()
  }
  return (
    <div class="controls" role="group" aria-label="Break the stream">
      <button
        type="button"
        onClick={press('cut', 'the connection is cut inside an event')}
        title="Loses the connection in the middle of an event"
      >
        Cut
      </button>
      <button
        type="button"
        onClick={stall}
        aria-pressed={isStalled}
        title="Keeps the connection open, but lets nothing through"
      >
        Stall
      </button>
      <button
        type="button"
        onClick={press('kick', 'the server ends the stream')}
        title="The server ends the stream cleanly"
      >
        Kick
      </button>
      <button
        type="button"
        disabled={!can('restart')}
        onClick={press('restart', 'the server restarts')}
        title={can('restart') ? 'The server goes away and comes back' : ELSEWHERE}
      >
        Restart server
      </button>
      <button
        type="button"
        disabled={!can('trim')}
        onClick={press('trim', 'the server restarts and forgets its history')}
        title={can('trim') ? 'The server forgets what readers missed: the gap is told' : ELSEWHERE}
      >
        Trim history
      </button>
      <button
        type="button"
        aria-pressed={session.isSlow}
        onClick={() => session.toggleSlow()}
        title="Our reader takes its time; nothing piles up in it"
      >
        Slow reader
      </button>
      <button
        type="button"
        aria-pressed={!session.isRunning}
        onClick={toggle}
        title="Closes both readers, or starts them again"
      >
        Disconnect
      </button>
      {can('setRate') && config && (
        <label class="rate">
          <span>{config.rate} events/s</span>
          <input
            type="range"
            min="0"
            max="3"
            step="0.1"
            aria-label="Events a second"
            aria-valuetext={`${config.rate} a second`}
            value={Math.log10(config.rate ?? 10)}
            onChange={(change) => {
              const rate = Math.round(10 ** Number(change.currentTarget.value))
              void session.order('rate', `${rate} events a second`, { rate })
            }}
          />
        </label>
      )}
    </div>
  )
}

type Handler = (this: EventTarget, event: Event) => unknown

interface Slot {
  value: unknown
  listener(event: Event): void
}

/**
 * Event handler attributes (WHATWG HTML 8.1.8.1): the listener takes its place when the handler is set, keeps it while
 * the value changes, and loses it with `null`.
 */
export class Handlers {
  private readonly _target: EventTarget
  private readonly _slots = new Map<string, Slot>()

  constructor(target: EventTarget) {
    this._target = target
  }

  get(type: string): never {
    return (this._slots.get(type)?.value ?? null) as never
  }

  /** Takes any object, as Web IDL has it for callbacks; what cannot be called does nothing. Anything else is `null`. */
  set(type: string, value: unknown): void {
    const slot = this._slots.get(type)
    if (Object(value) !== value) {
      this._slots.delete(type)
      if (slot) this._target.removeEventListener(type, slot.listener)
    } else if (slot) {
      slot.value = value
    } else {
      const added: Slot = {
        value,
        listener: (event) => {
          if (typeof added.value !== 'function') return
          if ((added.value as Handler).call(this._target, event) === false) event.preventDefault()
        },
      }
      this._slots.set(type, added)
      if (!callsHandlers()) this._target.addEventListener(type, added.listener)
    }
  }
}

/** Workers call the handler attributes of any target themselves: a listener would be one call too many. */
function callsHandlers(): boolean {
  let isCalled = false
  const probe = Object.assign(new EventTarget(), { onprobe: () => void (isCalled = true) })
  probe.dispatchEvent(new Event('probe'))
  return isCalled
}

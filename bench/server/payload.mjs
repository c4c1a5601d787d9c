// What every candidate sends: the same event, some 190 bytes on the wire, with the time it was sent at.

const PAD = 'x'.repeat(110)

/** Microseconds on the clock that all processes of a machine share. */
export const clock = () => Number(process.hrtime.bigint() / 1000n)

/** The data of one event. The load client counts events by their closing brace, so there is just one. */
export const payload = () => ({ t: clock(), pad: PAD })

export const EVENT = 'tick'

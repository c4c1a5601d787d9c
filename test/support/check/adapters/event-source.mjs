/** An adapter for what has the interface of the standard. */
export const clientOf =
  (Class) =>
  (url, { types, onEvent, onClose }) => {
    const source = new Class(url)
    for (const type of types) {
      source.addEventListener(type, ({ data, lastEventId }) => onEvent({ event: type, data, id: lastEventId }))
    }
    source.addEventListener('error', () => {
      if (source.readyState === source.CLOSED) onClose()
    })
    return source
  }

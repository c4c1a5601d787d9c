/** The class of the host; where it has none, one that says so when it is made, so that importing does no harm. */
export function hostTransformStream(heir: string): typeof TransformStream {
  return (
    globalThis.TransformStream ??
    class {
      constructor() {
        throw new TypeError(`${heir} needs TransformStream, which this host does not have.`)
      }
    }
  )
}

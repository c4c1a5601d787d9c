import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Ring } from './ring.js'

const ROW = 22
const SPARE = 4

interface Props<T> {
  readonly label: string
  readonly items: Ring<T>
  render(item: T): ComponentChildren
}

/** A list of any length that has only the rows in the document that are seen. Follows its end while it is there. */
export function WindowedList<T>({ label, items, render }: Props<T>) {
  const box = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const following = useRef(true)
  const { first, last } = items
  const height = (last - first) * ROW

  useLayoutEffect(() => {
    const element = box.current!
    if (following.current) element.scrollTop = element.scrollHeight
  })

  const seen = box.current?.clientHeight ?? 300
  const offset = following.current ? Math.max(0, height - seen) : top
  const from = Math.max(first, first + Math.floor(offset / ROW) - SPARE)
  const to = Math.min(last, from + Math.ceil(seen / ROW) + 2 * SPARE)
  const rows = []
  for (let number = from; number < to; number++) {
    const item = items.at(number)
    if (item === undefined) continue
    rows.push(
      <div class="row" key={number} style={{ transform: `translateY(${(number - first) * ROW}px)` }}>
        {render(item)}
      </div>,
    )
  }
  const scrolled = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = box.current!
    following.current = scrollHeight - scrollTop - clientHeight < ROW
    setTop(scrollTop)
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div
      class="list"
      ref={box}
      onScroll={scrolled}
      tabIndex={0}
      role="region"
      aria-label={label}
      data-kept={last - first}
    >
      <div style={{ height: `${height}px` }}>{rows}</div>
    </div>
  )
}

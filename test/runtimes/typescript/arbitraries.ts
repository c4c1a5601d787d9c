import type { arbitraries } from 'eventwire/testing/arbitraries'

type IsAny<T> = 0 extends 1 & T ? true : false
export const isAny: IsAny<typeof arbitraries> = false

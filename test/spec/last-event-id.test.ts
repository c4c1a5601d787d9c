import { testFixtures } from '../support/fixtures-spec.js'

testFixtures('last-event-id')

import { testFixtures } from '../support/fixtures/spec.js'

testFixtures('fields')

import { cutAt } from './log-search.ts'

it('cuts a text where the words stand in it, in capitals or not', () => {
  expect(cutAt('An Error, an ERROR', ' error ')).toEqual([
    { text: 'An ', isMatch: false },
    { text: 'Error', isMatch: true },
    { text: ', an ', isMatch: false },
    { text: 'ERROR', isMatch: true },
  ])
  expect(cutAt('none', 'x')).toEqual([{ text: 'none', isMatch: false }])
  expect(cutAt('none', '  ')).toEqual([{ text: 'none', isMatch: false }])
})

it('leaves a text whole whose lower case is longer', () => {
  expect(cutAt('İİ error', 'error')).toEqual([{ text: 'İİ error', isMatch: false }])
})

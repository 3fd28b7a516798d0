import { expect } from 'vitest'
import { look, Somebody, story } from './words'

story('a wrong password is refused in plain words, the right one leads in, and signing out leads out', async (house) => {
  const jiang = await Somebody.at(house)
  await jiang.page.goto('/departures')
  await jiang.signsIn('hr_admin', 'not the password')
  await jiang.sees('账号或密码不正确')
  await jiang.takesAPicture('sign-in-refused')
  await jiang.signsIn('hr_admin')
  // One goes on to where one wanted to be.
  await jiang.page.waitForURL('**/departures')
  const stored = await jiang.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage, c: document.cookie }))
  expect(stored, 'no token is in the reach of a script').not.toMatch(/ey[A-Za-z0-9_-]{20}|tenure=/)
  await jiang.page.getByRole('button', { name: /人事管理员/ }).click()
  await jiang.page.getByRole('menuitem', { name: '退出登录' }).click()
  await jiang.field('密码').waitFor()
  await jiang.page.goto('/departures')
  await jiang.field('密码').waitFor()
})

look('a session that ends in the middle of something loses nothing that was typed', async (house) => {
  const gu = await Somebody.signedIn(house, 'privacy_officer', { language: 'en' })
  await gu.goesTo('/departures')
  // The same account, signed out everywhere from another place.
  const elsewhere = await Somebody.signedIn(house, 'privacy_officer')
  const ended = await elsewhere.page.evaluate(async () => {
    const session = await (await fetch('/api/v1/session')).json()
    const answer = await fetch('/api/v1/auth/sign-out-everywhere', {
      method: 'POST',
      headers: { 'X-CSRF-Token': session.csrf_token },
    })
    return answer.status
  })
  expect(ended).toBe(200)
  await gu.page.getByRole('row').filter({ hasText: house.departure.staff_number }).click()
  const dialog = gu.page.getByRole('dialog', { name: 'Sign in again' })
  await dialog.waitFor()
  await gu.takesAPicture('signed-out-in-the-middle')
  await dialog.getByLabel('E-mail or phone').fill(gu.organisation.accounts.privacy_officer.identifier)
  await dialog.getByLabel('Password').fill(gu.organisation.accounts.privacy_officer.password)
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await gu.sees('The certificate is issued')
  expect(await dialog.isVisible()).toBe(false)
})

look('while the server is gone nothing is lost, and it goes on when it is back', async (house) => {
  const jiang = await Somebody.signedIn(house, 'hr_admin', { language: 'en' })
  await jiang.goesTo('/departures')
  await jiang.page.context().setOffline(true)
  await jiang.page.getByRole('combobox', { name: 'Filter by state' }).click()
  await jiang.page.getByTitle('Completed').click()
  await jiang.sees('The server does not answer at the moment')
  await jiang.page.context().setOffline(false)
  await jiang.page.getByText('The server does not answer at the moment').waitFor({ state: 'detached' })
  await jiang.page.getByRole('row').filter({ hasText: house.departure.staff_number }).waitFor()
})

story('what belongs to another organisation is answered as if it did not exist', async (house) => {
  const jiang = await Somebody.signedIn(house, 'hr_admin', { language: 'en' })
  await jiang.page.goto('/departures/0192f0c1-2b3d-7e4f-8a5b-6c7d8e9f0a1b')
  await jiang.sees('Not found')
  await jiang.takesAPicture('not-found')
  await jiang.page.goto('/nowhere')
  await jiang.sees('There is no page here')
})

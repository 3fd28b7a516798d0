import { expect } from 'vitest'
import { type House, Somebody, story } from './words'

const memberOf = async (who: Somebody, q: string) =>
  (await (await who.page.request.get(`/api/v1/members?q=${encodeURIComponent(q)}`)).json()).items[0]

story('a role that is excluded says why, and one that is not is given and taken away', async (house: House) => {
  const zhou = await Somebody.signedIn(house, 'primary_admin')
  await zhou.goesTo('/people')
  await zhou.field('查找成员').fill('A0007')
  const row = zhou.page.getByRole('row').filter({ hasText: 'A0007' })
  await row.waitFor()
  await zhou.takesAPicture('people')
  await zhou.findsThePageInOrder()
  await row.click()
  await zhou.page.getByRole('heading', { level: 2, name: '角色' }).waitFor()
  await zhou.takesAPicture('member')
  await zhou.findsThePageInOrder()

  const appoint = async (role: string) => {
    await zhou.button('任命').click()
    const dialog = zhou.page.getByRole('dialog')
    await dialog.getByRole('radio', { name: new RegExp(`^${role}`) }).click()
    return dialog
  }
  const dialog = await appoint('审计员')
  await dialog.getByRole('button', { name: '任命', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await zhou.page.getByRole('link', { name: '审计员' }).waitFor()

  const refused = await appoint('安全管理员')
  await refused.getByText(/不得兼任/).waitFor()
  expect(await refused.getByRole('button', { name: '任命', exact: true }).isDisabled()).toBe(true)
  await zhou.takesAPicture('role-excluded')
  await zhou.findsThePageInOrder()
  await refused.getByRole('link', { name: '查看两个角色由谁担任' }).click()
  await zhou.sees('没有人同时担任两者')
  await zhou.takesAPicture('roles-pair')
  await zhou.findsThePageInOrder()

  await zhou.page.goBack()
  // The way out: one is taken away and the other given, in one moment.
  const instead = await appoint('安全管理员')
  await instead.getByRole('button', { name: '撤销“审计员”并任命' }).click()
  await instead.waitFor({ state: 'detached' })
  await zhou.page.getByRole('link', { name: '安全管理员' }).waitFor()
  expect(await zhou.page.getByRole('button', { name: '撤销' }).count()).toBe(1)
  await zhou.button('撤销').first().click()
  await zhou.page.getByRole('dialog').getByRole('button', { name: '撤销' }).click()
  await zhou.sees('除普通员工外没有其他角色。')
})

story('of a file every row is in or named, and a dry run keeps nothing', async (house: House) => {
  const jiang = await Somebody.signedIn(house, 'hr_admin', { language: 'en', width: 1024, scheme: 'dark' })
  const long = `${'欧阳'.repeat(30)}👩‍🚀 שלום`
  const mark = `${house.database === 'sqlite' ? 'S' : 'P'}${Date.now() % 100_000}`
  const table = [
    'staff_number,name,email,first_day,department,department_name,position',
    `${mark}1,${long},${mark}1@example.com,2024-05-06,far,${'很长的部门名称'.repeat(10)},工程师`,
    `${mark}2,Zed,,2024-05-06,far,,`,
  ].join('\n')
  await jiang.goesTo('/people')
  await jiang.button('Import').click()
  const dialog = jiang.page.getByRole('dialog')
  await dialog.getByLabel('File').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(table) })
  await dialog.getByRole('button', { name: 'Dry run' }).click()
  await dialog.getByText('nothing was kept').waitFor()
  await dialog.getByRole('row').filter({ hasText: `${mark}2` }).waitFor()
  await jiang.takesAPicture('import')
  await jiang.findsThePageInOrder()
  expect(await memberOf(jiang, `${mark}1`)).toBeUndefined()
  await dialog.getByRole('button', { name: 'Import 1 row' }).click()
  await dialog.getByText('1 row imported.').waitFor()
  await dialog.getByRole('button', { name: 'Done' }).click()

  await jiang.goesTo(`/people?q=${mark}1`)
  await jiang.page.getByRole('row').filter({ hasText: `${mark}1` }).waitFor()
  await jiang.takesAPicture('long-name')
  await jiang.findsThePageInOrder()
  const download = jiang.page.waitForEvent('download')
  await jiang.button('Export').click()
  expect((await download).suggestedFilename()).toBe('tenure-members.csv')

  await jiang.page.getByRole('row').filter({ hasText: `${mark}1` }).click()
  await jiang.button('Give set-up link').click()
  await jiang.sees(/set-up link/)
  await jiang.takesAPicture('long-member')
})

story('the palette leads to somebody, and a phone shows who holds what', async (house: House) => {
  const zhou = await Somebody.signedIn(house, 'primary_admin', { width: 390 })
  const member = await memberOf(zhou, 'A0008')
  await zhou.page.keyboard.press('Control+k')
  await zhou.page.getByRole('dialog').getByRole('combobox').fill('A0008')
  await zhou.page.getByRole('option', { name: new RegExp(member.name) }).first().waitFor()
  await zhou.page.keyboard.press('Enter')
  await zhou.page.getByRole('heading', { level: 1, name: member.name }).waitFor()
  await zhou.takesAPicture('member')
  await zhou.findsThePageInOrder()
  await zhou.goesTo('/people')
  await zhou.page.getByRole('row').nth(1).waitFor()
  await zhou.takesAPicture('people')
  await zhou.findsThePageInOrder()
  await zhou.goesTo('/people/roles')
  await zhou.page.getByRole('row').nth(1).waitFor()
  await zhou.takesAPicture('roles')
  await zhou.findsThePageInOrder()
  await zhou.goesTo('/people?q=没有这个人')
  await zhou.sees('没有匹配的成员')
  await zhou.findsThePageInOrder()
  await zhou.goesTo('/people/01900000-0000-7000-8000-000000000000')
  await zhou.sees('没有找到')
})

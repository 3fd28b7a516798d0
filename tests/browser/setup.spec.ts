import type { Locator } from 'playwright-core'
import { expect } from 'vitest'
import { aNewPlace, hrPosts, PASSWORD, takesUp } from './place'
import { look, Somebody, story } from './words'

const step = (who: Somebody, name: string) => who.page.getByRole('region', { name })

/** Types until nobody else is left: a list that is still changing loses the click. */
async function chooses(who: Somebody, box: Locator, name: string) {
  await box.fill(name)
  const options = who.page.locator('.ant-select-dropdown:visible .ant-select-item-option')
  await expect.poll(() => options.allInnerTexts(), { timeout: 15_000 }).toEqual([expect.stringContaining(name)])
  await options.click()
}

async function appoints(who: Somebody, role: string, name: string) {
  await step(who, '任命分离的角色').getByRole('button', { name: `任命${role}` }).click()
  const dialog = who.page.getByRole('dialog', { name: `任命${role}` })
  await chooses(who, dialog.getByRole('combobox'), name)
  return dialog
}

async function appointed(who: Somebody, role: string, name: string) {
  const dialog = await appoints(who, role, name)
  await dialog.getByRole('button', { name: '任命', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await step(who, '任命分离的角色').getByRole('listitem').filter({ hasText: role }).filter({ hasText: name }).first().waitFor()
}

const STAFF = [
  ['S0001', '韩立峰'],
  ['S0002', '周牧'],
  ['S0003', '罗静宜'],
  ['S0004', '姜晓棠'],
  ['S0005', '顾思齐'],
] as const

story('from the first admin’s link to a guide that is finished', async (house) => {
  const { place, link } = await aNewPlace(house, '远山科技筹备组')
  const wang = await takesUp(link, place)
  await wang.page.waitForURL('**/guide')
  await wang.sees('已完成 0 / 4 步')
  await wang.takesAPicture('guide-begin')
  await wang.findsThePageInOrder()

  // The name is put right and the rest found to be right, in one go.
  await wang.field('组织名称').fill('远山科技')
  await wang.button('保存并确认').click()
  await wang.sees(/王敏已于 .* 确认/)
  await wang.page.getByRole('link', { name: '远山科技', exact: true }).waitFor()

  // Nobody is there to be appointed before the HR system has told of them.
  expect(await step(wang, '任命分离的角色').getByRole('button').first().isDisabled()).toBe(true)
  await wang.button('新建人事来源').click()
  await wang.page.getByRole('dialog').getByLabel('名称').fill('人事系统')
  await wang.page.getByRole('dialog').getByRole('button', { name: '新建' }).click()
  const once_ = wang.page.getByRole('dialog').filter({ hasText: '签名密钥' })
  const secret = await once_.locator('code').filter({ hasText: 'whsec_' }).innerText()
  const url = await once_.locator('code').filter({ hasText: '/hooks/' }).innerText()
  await wang.takesAPicture('guide-secret')
  await wang.findsThePageInOrder()
  await wang.button('我已保存').click()
  await wang.button('发送测试事件').click()
  await wang.sees(/测试事件已收到并应用，用时/)
  await step(wang, '连接人事系统').getByText('已完成').waitFor()
  await wang.takesAPicture('guide-source')
  await wang.findsThePageInOrder()

  for (const [staff_number, name] of STAFF) {
    await hrPosts(url, secret, 'member.joined', {
      staff_number,
      name,
      email: `${staff_number.toLowerCase()}@yuanshan.example`,
      first_day: '2026-01-05',
    })
  }
  await step(wang, '邀请成员').getByText('6 位成员').waitFor()

  await appointed(wang, '安全管理员', '韩立峰')
  await appointed(wang, '人事管理员', '姜晓棠')
  await appointed(wang, '隐私负责人', '顾思齐')
  await appointed(wang, '数据操作员', '周牧')
  // The excluded pair: who holds the other half, and two ways out.
  const excluded = await appoints(wang, '审计员', '韩立峰')
  await excluded.getByText('韩立峰现在是安全管理员，不能同时担任审计员。').waitFor()
  await excluded.getByText('任命另一位没有担任安全管理员的成员').waitFor()
  await excluded.getByText('免去后将无人担任安全管理员').waitFor()
  expect(await excluded.getByRole('button', { name: '任命', exact: true }).isDisabled()).toBe(true)
  await wang.takesAPicture('guide-excluded')
  await wang.findsThePageInOrder()
  await excluded.getByRole('button', { name: '取消' }).click()
  // Nobody appoints themselves.
  const own = await appoints(wang, '审计员', '王敏')
  await own.getByText(/不能给自己/).waitFor()
  await own.getByRole('button', { name: '取消' }).click()
  // The other way out: what is in the way is taken away, and filled again.
  const moved = await appoints(wang, '审计员', '周牧')
  await moved.getByRole('button', { name: '免去并任命' }).click()
  await moved.waitFor({ state: 'detached' })
  await appointed(wang, '数据操作员', '罗静宜')
  await step(wang, '任命分离的角色').getByText('已完成').waitFor()

  await chooses(wang, step(wang, '邀请成员').getByRole('combobox'), '姜晓棠')
  await wang.button('发放设置链接').click()
  const given = wang.page.getByRole('dialog').filter({ hasText: '姜晓棠的设置链接' })
  const hers = await given.locator('code').innerText()
  await wang.button('我已保存').click()
  const jiang = await takesUp(hers, place)
  await jiang.page.waitForURL('**/inbox')
  await wang.sees('设置已完成，可以处理第一次离职了。')
  await wang.takesAPicture('guide-done')
  await wang.findsThePageInOrder()
  await wang.page.getByRole('link', { name: '前往待办' }).click()
  await wang.page.waitForURL('**/inbox')
  expect(await wang.page.getByRole('link', { name: /^初始设置/ }).count()).toBe(0)
})

story('two who change the settings see each other’s change side by side, and what a change leads to', async (house) => {
  const { place, link } = await aNewPlace(house, '远山科技')
  const wang = await takesUp(link, place)
  await wang.goesTo('/settings/organisation')
  await wang.field('组织名称').fill('远山科技有限公司')
  // Meanwhile, on another screen.
  await wang.page.evaluate(async () => {
    const { csrf_token } = await (await fetch('/api/v1/session')).json()
    const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf_token, 'if-match': '"1"' }
    const change = { name: '远山科技集团', locale: 'en' }
    await fetch('/api/v1/organisation', { method: 'PATCH', headers, body: JSON.stringify(change) })
  })
  await wang.button('保存').click()
  await wang.sees('他人在此期间保存了修改')
  await wang.page.getByRole('radio', { name: '远山科技集团' }).waitFor()
  expect(await wang.page.getByRole('radio', { name: '远山科技有限公司' }).isChecked()).toBe(true)
  await wang.takesAPicture('organisation-conflict')
  await wang.findsThePageInOrder()
  await wang.button('按所选继续').click()
  expect(await wang.field('组织名称').inputValue()).toBe('远山科技有限公司')
  await wang.button('保存').click()
  await wang.page.getByRole('link', { name: '远山科技有限公司' }).waitFor()

  await wang.page.getByRole('checkbox').first().check()
  await wang.button('保存').click()
  const effect = wang.page.getByRole('dialog', { name: '这项修改的影响' })
  await effect.getByText(/没有一项会改判|将重新判定/).waitFor()
  await wang.takesAPicture('organisation-effect')
  await wang.findsThePageInOrder()
  await effect.getByRole('button', { name: '保存' }).click()
  await effect.waitFor({ state: 'detached' })
  await wang.sees(/起$/)
  await wang.takesAPicture('organisation')
  await wang.findsThePageInOrder()
})

look('the guide is read on a phone, in between and on a wide screen, in both languages and both schemes', async (house) => {
  const { place, link } = await aNewPlace(house, '一家名字特别特别长的有限责任公司北京市海淀区分公司')
  const wang = await takesUp(link, place)
  await wang.page.waitForURL('**/guide')
  for (const screen of [
    { width: 1440, language: 'en', scheme: 'light' },
    { width: 1024, language: 'zh-CN', scheme: 'dark' },
    { width: 390, language: 'zh-CN', scheme: 'light' },
  ] as const) {
    const reads = await Somebody.at(place, screen)
    await reads.page.goto('/')
    await reads.field(reads.says.identifier).fill('wang@yuanshan.example')
    await reads.field(reads.says.password).fill(PASSWORD)
    await reads.button(reads.says.signIn).click()
    await reads.page.waitForURL('**/guide')
    await reads.page.getByRole('region').first().waitFor()
    await reads.takesAPicture('guide')
    await reads.findsThePageInOrder()
    await reads.goesTo('/settings/organisation')
    await reads.page.getByRole('textbox').first().waitFor()
    await reads.takesAPicture('organisation')
    await reads.findsThePageInOrder()
  }
})
